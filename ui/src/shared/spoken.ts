/**
 * Some sentences of the node carry both languages in one string: "只" + " / only" or a Chinese sentence with its English
 * in brackets at the end. The reader sees his own half only; text without a pair is left as it is.
 */
const han = '\\u3400-\\u9fff'
const pair = new RegExp(`([^\\s“”"「」：:；;。\\n/][^“”"「」：:；;。\\n/]*[${han}][^“”"「」：:；;。\\n/]*|[${han}][^“”"「」：:；;。\\n/]*) / ([^${han}“”"「」；;。\\n]*[A-Za-z][^${han}“”"「」；;。\\n]*)`, 'g')
const tail = new RegExp(`^(.*[${han}].*?)\\s*\\(([^${han}()]*[A-Za-z][^${han}()]*)\\)$`, 's')

export function spoken(text: string, language: 'zh' | 'en'): string {
  const zh = language === 'zh'
  const halves = text.replace(pair, (_, chinese: string, english: string) => (zh ? chinese : english).trim())
  const both = tail.exec(halves)
  return both ? (zh ? both[1] : both[2]) : halves
}
