import { t, te } from '@shared/i18n'
import { spanText } from '@shared/words'

/** How a name of the condition is said: the limits by the names of their fields, plain numbers with the link's unit. */
export interface Spoken { limit: (id: string) => string; unit: string }

const kToken = /\s*(>=|<=|==|!=|[-+*/()<>,]|\d+(?:\.\d+)?(?:ms|s|m|h|d)?(?![\w.])|[A-Za-z_][\w.]*)/y
const kSpan: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const kSigns: Record<string, string> = { '>=': '≥', '<=': '≤', '==': '=', '!=': '≠', '*': '×', '/': '÷', '-': '−' }

function tokens(text: string): string[] | null {
  const out: string[] = []
  kToken.lastIndex = 0
  while (kToken.lastIndex < text.trimEnd().length) {
    const found = kToken.exec(text)
    if (!found) return null
    out.push(found[1])
  }
  return out
}

/** A condition as a sentence, e.g. 「1 小时累计 ≥ 30 mm」. Null for what is not understood: the text itself is shown then. */
export function conditionText(when: string, spoken: Spoken): string | null {
  const list = tokens(when)
  if (!list?.length) return null
  let at = 0
  const take = (...wanted: string[]) => (wanted.includes(list[at]) ? list[at++] : undefined)
  class Unread extends Error {}

  function any(): string {
    let text = every()
    while (take('or')) text = t('signals.condition.or', { a: text, b: every() })
    return text
  }
  function every(): string {
    let text = one()
    while (take('and')) text = t('signals.condition.and', { a: text, b: one() })
    return text
  }
  function one(): string {
    if (take('not')) return t('signals.condition.not', { a: one() })
    const left = sum(false)
    const sign = take('>=', '<=', '>', '<', '==', '!=')
    return sign ? `${left} ${kSigns[sign] ?? sign} ${sum(true)}` : left
  }
  function sum(right: boolean): string {
    let text = product(right)
    for (let sign = take('+', '-'); sign; sign = take('+', '-')) text += ` ${kSigns[sign] ?? sign} ${product(false)}`
    return text
  }
  function product(right: boolean): string {
    let text = part(right)
    for (let sign = take('*', '/'); sign; sign = take('*', '/')) text += ` ${kSigns[sign] ?? sign} ${part(false)}`
    return text
  }
  function part(right: boolean): string {
    if (take('-')) return `−${part(right)}`
    if (take('(')) {
      const inside = any()
      if (!take(')')) throw new Unread()
      return t('signals.condition.bracket', { a: inside })
    }
    const word = list![at++]
    if (word === undefined) throw new Unread()
    const number = /^(\d+(?:\.\d+)?)(\w*)$/.exec(word)
    if (number) return number[2] ? spanText(Number(number[1]) * kSpan[number[2]]) : right && spoken.unit ? `${word} ${spoken.unit}` : word
    if (word.startsWith('limit.')) return spoken.limit(word.slice(6))
    if (take('(')) {
      const args: string[] = []
      while (list![at] !== undefined && list![at] !== ')') { args.push(any()); if (!take(',')) break }
      if (!take(')') || !te(`signals.condition.fn.${word}`)) throw new Unread()
      return t(`signals.condition.fn.${word}`, { a: args[0] ?? '', b: args[1] ?? '' })
    }
    if (!te(`signals.condition.name.${word}`)) throw new Unread()
    return t(`signals.condition.name.${word}`)
  }
  try {
    const text = any()
    return at === list.length ? text : null
  } catch (e) {
    if (e instanceof Unread) return null
    throw e
  }
}

/** Which step (from 0) of a refused rule a fault belongs to: the node says steps.1.condition of the first; -1: the rule as a whole. */
export function stepOfFault(field: string): number {
  const found = /^steps\.(\d+)/.exec(field)
  return found ? Number(found[1]) - 1 : -1
}

/**
 * Limits that readings themselves are compared with. Those that only sums or other windows are compared with (30 mm in an
 * hour) would say nothing beside readings of five minutes. A limit that no condition names is kept.
 */
export function limitsOfReadings(conditions: string[]): (id: string) => boolean {
  const direct = new Set<string>()
  const named = new Set<string>()
  for (const comparison of conditions.flatMap((c) => c.split(/\b(?:and|or|not)\b/)))
    for (const [, id] of comparison.matchAll(/\blimit\.(\w+)/g)) {
      named.add(id)
      if (/\bvalue\b/.test(comparison) || new RegExp(`\\babove\\(\\s*limit\\.${id}\\s*\\)`).test(comparison)) direct.add(id)
    }
  return (id) => direct.has(id) || !named.has(id)
}
