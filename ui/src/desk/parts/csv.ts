/** A table for Excel: UTF-8 with its mark, commas, quoted where needed. A cell never begins a formula. */
export function toCsv(titles: string[], rows: string[][]): string {
  const cell = (text: string) => {
    const safe = /^[=+\-@\t]/.test(text) && !/^-?[\d.,]+$/.test(text) ? `'${text}` : text
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
  }
  return '\ufeff' + [titles, ...rows].map((r) => r.map(cell).join(',')).join('\r\n') + '\r\n'
}

export function saveText(name: string, text: string, type = 'text/csv') {
  const address = URL.createObjectURL(new Blob([text], { type }))
  const link = Object.assign(document.createElement('a'), { href: address, download: name })
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(address), 10_000)
}
