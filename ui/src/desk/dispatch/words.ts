import { t } from '@shared/i18n'
import { numberText, spanText } from '@shared/words'
import type { ChosenTeam, Mission, Need, Plan } from './types'

/** How far the plan is from what can be proven, in words: 「离理论最优最多还差 3.2 %」. */
export function gapText(plan: Pick<Plan, 'gap_percent'>): string {
  const gap = Math.max(0, plan.gap_percent)
  return gap < 0.05 ? t('dispatch.gap.none') : t('dispatch.gap.some', { n: numberText(Math.ceil(gap * 10) / 10, 1) })
}
/** The same while the plan is still being made, from its figures. */
export const gapSoFar = (best: number, bound: number): string => gapText({ gap_percent: best > 0 ? ((best - bound) / best) * 100 : 0 })
/** It never says that nothing is unmet of what is not. */
export const unmetText = (percent: number): string => (percent <= 0 ? t('dispatch.unmet.none') : t('dispatch.unmet.some', { n: numberText(Math.max(0.1, Math.round(percent * 10) / 10), 1) }))
export type Pace = 'arrived' | 'late' | 'due' | 'unknown'
const kLate_ms = 60_000
/** When it is expected: what the node makes of its position, else the plan. */
export const expected = (m: Mission): number => m.eta ?? m.due
export function paceOf(m: Mission, now: number): Pace {
  if (m.step !== 'on_the_way') return 'arrived'
  return m.eta === null || expected(m) > m.due + kLate_ms || now > expected(m) + kLate_ms ? 'late' : 'due'
}
/** 「还有 12 分到」 「晚了 4 分」 「已到」. */
export function etaText(m: Mission, now: number): string {
  if (m.step !== 'on_the_way') return t(`dispatch.step.${m.step}`)
  if (m.eta === null) return t('dispatch.noWay')
  const left = expected(m) - now
  const whole = left > 300_000 ? Math.ceil(left / 60_000) * 60_000 : left
  const behind = expected(m) - m.due
  return left > 0 ? (behind > kLate_ms ? t('dispatch.arrivesLate', { span: spanText(whole), late: spanText(Math.ceil(behind / 60_000) * 60_000) }) : t('dispatch.arrivesIn', { span: spanText(whole) })) : t('dispatch.overdue', { span: spanText(left) })
}
/** Late first, then those that arrive next, those at work last. */
export function byUrgency(list: Mission[], now: number): Mission[] {
  const rank: Record<Pace, number> = { late: 0, due: 1, unknown: 1, arrived: 2 }
  return [...list].sort((a, b) => rank[paceOf(a, now)] - rank[paceOf(b, now)] || expected(a) - expected(b))
}
/** A need without any number asks for one team. */
export const needOf = (n: Need): Need => (n.teams || n.people || n.boats ? Object.fromEntries(Object.entries(n).filter(([, v]) => v)) as unknown as Need : { capability: n.capability, teams: 1 })
export function needText(n: Need, name: string): string {
  const parts = [n.teams ? t('dispatch.teamsN', { n: numberText(n.teams) }) : '', n.people ? t('dispatch.peopleN', { n: numberText(n.people) }) : '', n.boats ? t('dispatch.boatsN', { n: numberText(n.boats) }) : ''].filter(Boolean)
  return `${name} ${parts.join(t('mark.list'))}`
}
export const sumOf = (list: ChosenTeam[]) => list.reduce((s, c) => ({ people: s.people + c.people, boats: s.boats + c.boats }), { people: 0, boats: 0 })
