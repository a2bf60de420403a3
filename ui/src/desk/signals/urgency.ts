import type { AlarmLevel, Level, Situation, Trend } from '@shared/types'

/** From the mildest up, as the columns of /links/states count them. */
export const kLevels = ['none', 'blue', 'yellow', 'orange', 'red'] as const
export const kStates = ['never', 'fresh', 'late', 'silent', 'implausible', 'flat'] as const
export const rank = (level: AlarmLevel | undefined) => Math.max(0, kLevels.indexOf(level ?? 'none'))

/** The level that stands first, then what nobody has taken, then what changed last. */
export function byUrgency(a: Situation, b: Situation): number {
  return Number(a.state === 'closed') - Number(b.state === 'closed') || rank(b.level) - rank(a.level)
    || Number(a.state !== 'open') - Number(b.state !== 'open') || b.changed_at - a.changed_at || b.id - a.id
}
/** Orange or red, nobody has taken it, and the one who looks may: it calls until somebody does. */
export function isCalling(s: Situation): boolean {
  return s.state === 'open' && rank(s.level) >= rank('orange') && (s.may?.includes('take') ?? true)
}
export function highestOf(list: Situation[]): Level | null {
  const top = Math.max(0, ...list.map((s) => rank(s.level)))
  return top ? (kLevels[top] as Level) : null
}
const marks: Record<Trend, string> = { rising: '↗', steady: '→', falling: '↘' }
export const trendMark = (trend: Trend | undefined) => (trend ? marks[trend] : '')
