/**
 * A rule as the text it is kept as, read and changed line by line. The text is the truth: a form changes single lines of
 * it, so that comments, order and what the form does not know stay as they were. This reads what a rule needs of YAML
 * (one item of one section, scalars, steps in braces or in lines); anything else is left to the server, and `problem`
 * says that the form cannot show it. O(length of the text).
 */
export const kSections = ['alarm_rules', 'area_rules', 'spot_rules', 'chains'] as const
export type Section = (typeof kSections)[number]
export type StepText = Record<string, string>
export interface RuleText {
  section: Section | null
  fields: Record<string, string>
  steps: StepText[]
  /** Lines (from 1) of a field and of each step. */
  lines: Record<string, number>
  stepLines: number[]
  problem: '' | 'many' | 'unread'
}
interface Block { key: string; from: number; until: number; value: string }

/** The order in which fields are written. */
const kOrder = ['id', 'zh', 'en', 'type', 'over', 'from', 'to', 'within_km', 'same', 'by', 'travel', 'hazard', 'steps', 'margin', 'hold', 'reports', 'clear_after', 'cleared_after', 'draft_from', 'issue_from', 'source', 'effective_from', 'verified']

/** What stands before a comment; a # inside quotes or words is none. */
export function bare(text: string): string {
  let quote = ''
  for (let i = 0; i < text.length; i++) {
    const c = text[i]
    if (quote) { if (c === '\\' && quote === '"') i++; else if (c === quote) quote = '' }
    else if ((c === '"' || c === "'") && (i === 0 || /[\s{[,:]/.test(text[i - 1]))) quote = c
    else if (c === '#' && (i === 0 || /\s/.test(text[i - 1]))) return text.slice(0, i).trimEnd()
  }
  return text.trimEnd()
}
export function unquoted(text: string): string | null {
  const s = text.trim()
  if (s.startsWith('"')) { try { return s.endsWith('"') && s.length > 1 ? (JSON.parse(s) as string) : null } catch { return null } }
  if (s.startsWith("'")) return s.endsWith("'") && s.length > 1 ? s.slice(1, -1).replaceAll("''", "'") : null
  return s === '~' || s === 'null' ? '' : s
}
const plain = /^[\p{L}\p{N}_]([\p{L}\p{N}_ .()（）、，；/%°+-]*[\p{L}\p{N}_.)）%°])?$/u
export function quoted(value: string): string {
  return plain.test(value) && !/^(true|false|yes|no|on|off|null)$/i.test(value) ? value : JSON.stringify(value)
}
const plainFlow = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u

/** The entries of `{ a: b, c: "d, e" }`. */
function braces(text: string): StepText | null {
  const inside = /^\{(.*)\}$/s.exec(text.trim())?.[1]
  if (inside === undefined) return null
  const out: StepText = {}
  const entry = /\s*([A-Za-z_]\w*)\s*:\s*("(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^,{}[\]]*)\s*(,|$)/y
  while (entry.lastIndex < inside.length && inside.slice(entry.lastIndex).trim()) {
    const found = entry.exec(inside)
    const value = found && unquoted(found[2])
    if (!found || value === null) return null
    out[found[1]] = value
  }
  return out
}

interface Body { lines: string[]; section: Section | null; indent: number; blocks: Block[]; problem: RuleText['problem'] }
const indentOf = (line: string) => /^ */.exec(line)![0].length
/** The fields of the one rule in the text, each with the lines it takes. */
function body(text: string): Body {
  const lines = text.split('\n')
  const it: Body = { lines, section: null, indent: -1, blocks: [], problem: '' }
  let dashes = 0, dash = -1
  for (let i = 0; i < lines.length; i++) {
    const line = bare(lines[i].replace(/\r$/, ''))
    if (!line.trim() || line === '---') continue
    if (line.includes('\t') && /^\s*\t/.test(line)) return { ...it, problem: 'unread' }
    const head = /^([a-z_]+):$/.exec(line)
    if (head && (kSections as readonly string[]).includes(head[1])) {
      if (it.section) return { ...it, problem: 'many' }
      it.section = head[1] as Section
      it.indent = dash = -1
      continue
    }
    const item = /^( *)- +(.*)$/.exec(line)
    if (it.section && item && (dash < 0 || item[1].length === dash)) {
      if (++dashes > 1) return { ...it, problem: 'many' }
      dash = item[1].length
      it.indent = line.length - item[2].length
    }
    if (it.indent < 0) it.indent = indentOf(line)
    const at = dash >= 0 && item && item[1].length === dash ? it.indent : indentOf(line)
    const field = /^([A-Za-z_]\w*):(?: +(.*))?$/.exec(line.slice(at))
    if (at === it.indent && field) it.blocks.push({ key: field[1], from: i, until: i + 1, value: field[2]?.trim() ?? '' })
    else if (it.blocks.length && (at > it.indent || line.trimStart().startsWith('- '))) it.blocks.at(-1)!.until = i + 1
    else return { ...it, problem: 'unread' }
  }
  return it
}
/** Steps of a block: `- { … }` or `- level: …` with more lines, or all in one line of brackets. */
function stepsOf(lines: string[], block: Block): { steps: StepText[]; at: number[] } | null {
  const steps: StepText[] = [], at: number[] = []
  if (block.value) {
    const flow = /^\[(.*)\]$/s.exec(block.value)?.[1]
    const parts = flow?.match(/\{(?:"(?:\\.|[^"\\])*"|'(?:''|[^'])*'|[^{}"'])*\}/g)
    if (!parts) return null
    for (const p of parts) { const step = braces(p); if (!step) return null; steps.push(step); at.push(block.from + 1) }
    return { steps, at }
  }
  for (let i = block.from + 1; i < block.until; i++) {
    let line = bare(lines[i].replace(/\r$/, '')).trim()
    if (!line) continue
    if (line.startsWith('- ')) { steps.push({}); at.push(i + 1); line = line.slice(2).trim() }
    if (!steps.length) return null
    const whole = line.startsWith('{') ? braces(line) : null
    const field = whole ? null : /^([A-Za-z_]\w*):(?: +(.*))?$/.exec(line)
    const value = field && unquoted(field[2] ?? '')
    if (whole) Object.assign(steps.at(-1)!, whole)
    else if (field && value !== null) steps.at(-1)![field[1]] = value
    else return null
  }
  return { steps, at }
}

export function readRule(text: string): RuleText {
  const it = body(text)
  const out: RuleText = { section: it.section, fields: {}, steps: [], lines: {}, stepLines: [], problem: it.problem }
  for (const b of it.blocks) {
    out.lines[b.key] = b.from + 1
    if (b.key === 'steps') {
      const found = stepsOf(it.lines, b)
      if (found) Object.assign(out, { steps: found.steps, stepLines: found.at })
      else out.problem ||= 'unread'
    } else {
      const value = b.until > b.from + 1 && it.lines.slice(b.from + 1, b.until).some((l) => bare(l).trim()) ? null : unquoted(b.value)
      if (value === null || /^[|>&*!]/.test(b.value)) out.problem ||= 'unread'
      else out.fields[b.key] = value
    }
  }
  if (!it.blocks.length) out.problem ||= 'unread'
  return out
}

/** Puts lines in place of a field, or where they belong when there is none; no lines takes the field out. */
function put(text: string, key: string, write: (indent: string) => string[]): string {
  const it = body(text)
  if (it.problem || it.indent < 0) return text
  const old = it.blocks.find((b) => b.key === key)
  const fresh = write(' '.repeat(it.indent))
  const lines = [...it.lines]
  if (old) {
    let first = lines[old.from].slice(0, it.indent)
    if (!fresh.length && first.trim()) return text // the line that begins the rule stays
    first = first.trim() ? first : ' '.repeat(it.indent)
    if (fresh.length) {
      fresh[0] = first + fresh[0].slice(it.indent)
      const note = fresh.length === 1 ? lines[old.from].slice(bare(lines[old.from]).length) : ''
      fresh[0] += note.trimEnd()
    }
    lines.splice(old.from, old.until - old.from, ...fresh)
  } else if (fresh.length) {
    const before = kOrder.slice(0, Math.max(0, kOrder.indexOf(key)))
    const after = [...it.blocks].reverse().find((b) => before.includes(b.key)) ?? it.blocks.at(-1)
    lines.splice(after ? after.until : lines.length, 0, ...fresh)
  }
  return lines.join('\n')
}
/** The text with one field changed; an empty value takes it out. */
export const withField = (text: string, key: string, value: string): string =>
  put(text, key, (indent) => (value === '' ? [] : [`${indent}${key}: ${quoted(value)}`]))
export const withSteps = (text: string, steps: StepText[]): string =>
  put(text, 'steps', (indent) => [`${indent}steps:`, ...steps.map((s) => `${indent}  - { ${Object.entries(s).map(([k, v]) => `${k}: ${plainFlow.test(v) ? v : JSON.stringify(v)}`).join(', ')} }`)])

const kUnits: [string, number][] = [['d', 86_400], ['h', 3600], ['min', 60], ['s', 1]]
/** Seconds of `90 s`, `15 min`, `2 h`, `1 d`; NaN for anything else. */
export function secondsOf(text: string | undefined): number {
  if (!text) return 0
  const found = /^(\d+) ?(s|min|h|d)$/.exec(text.trim())
  return found ? Number(found[1]) * kUnits.find(([u]) => u === found[2])![1] : NaN
}
export function durationOf(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const [unit, size] = kUnits.find(([u, n]) => u !== 'd' && whole >= (u === 'h' ? 2 * n : n) && whole % n === 0) ?? ['s', 1]
  return `${whole / size} ${unit}`
}
