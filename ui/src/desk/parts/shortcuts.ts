/** Keys of the desk. A key alone never sends or changes anything: it opens, moves or selects. */
interface Desk { find: () => void; help: () => void; go: (path: string) => void; theme: () => void }

const pages: Record<string, string> = { s: '/situation', w: '/warnings', q: '/earthquakes', o: '/roads', d: '/dispatch', p: '/people', r: '/records', j: '/journal', e: '/settings' }
/** What the list of shortcuts shows: message key → keys. */
export const shortcuts: [group: string, [id: string, keys: string[]][]][] = [
  ['anywhere', [['find', ['Ctrl', 'K']], ['help', ['?']], ['search', ['/']], ['new', ['N']], ['theme', ['Shift', 'D']], ['close', ['Esc']]]],
  ['go', [['situation', ['G', 'S']], ['warnings', ['G', 'W']], ['earthquakes', ['G', 'Q']], ['roads', ['G', 'O']], ['dispatch', ['G', 'D']], ['people', ['G', 'P']], ['records', ['G', 'R']], ['journal', ['G', 'J']], ['settings', ['G', 'E']]]],
  ['list', [['move', ['↑', '↓']], ['open', ['Enter']], ['select', ['X']], ['next', ['[', ']']]]],
  ['map', [['corner', ['Backspace']], ['finish', ['Enter']], ['undo', ['Ctrl', 'Z']], ['drop', ['Esc']]]],
  ['time', [['step', ['←', '→']], ['leap', ['Shift', '← →']], ['play', ['Space']], ['now', ['End']]]],
]

function typing(target: EventTarget | null) {
  return target instanceof HTMLElement && (target.closest('input:not([type=checkbox]):not([type=radio]), textarea, select, dialog, [contenteditable]') !== null)
}
/** Moves the focus along the links of the list on the left (the queue), so that Enter takes the one reached. */
function along(step: number) {
  const items = [...document.querySelectorAll<HTMLElement>('[data-item]')].filter((e) => e.offsetParent)
  if (!items.length) return false
  const at = items.indexOf(document.activeElement as HTMLElement)
  const from = at >= 0 ? at : items.findIndex((e) => e.classList.contains('on'))
  items[Math.min(items.length - 1, Math.max(0, from + step))].focus()
  return true
}

export function listenForShortcuts(desk: Desk): () => void {
  let went = 0
  const keys = (e: KeyboardEvent) => {
    if ((e.ctrlKey || e.metaKey) && e.key.toLowerCase() === 'k') { e.preventDefault(); desk.find(); return }
    if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented || typing(e.target)) return
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key
    const page = Date.now() - went < 1500 ? pages[key] : undefined
    went = 0
    if (page) { e.preventDefault(); desk.go(page) }
    else if (key === '?' || key === '？') { e.preventDefault(); desk.help() }
    else if (key === 'g') went = Date.now()
    else if (key === 'n') { e.preventDefault(); desk.go('/warnings/new') }
    else if (key === 'd' && e.shiftKey) desk.theme()
    else if (key === '/' || key === '、') {
      const field = [...document.querySelectorAll<HTMLInputElement>('main input[type=search]')].find((i) => i.offsetParent)
      e.preventDefault()
      if (field) field.focus()
      else desk.find()
    } else if ((key === '[' || key === ']') && along(key === ']' ? 1 : -1)) e.preventDefault()
  }
  window.addEventListener('keydown', keys)
  return () => window.removeEventListener('keydown', keys)
}
