import type { AlarmRule, BacktestAlarm, BacktestAsked, Level, RuleStep } from '@shared/types'

/** What the form holds: the rule as it would be, where and when it is tried, and optionally the truth. */
export interface Trial {
  steps: RuleStep[]; hold_min: number; reports: number; clear_min: number; margin: number
  place: string; placeName: string; from: number; until: number
  link: number; linkName: string; above: number | null; gap_h: number
}
const kDays = 30
export function trialOf(rule: AlarmRule, place: { code: string; name: string }, now: number): Trial {
  const hour = 3_600_000
  const until = Math.floor(now / hour) * hour
  return { steps: rule.steps.map((s) => ({ ...s })), hold_min: (rule.hold_s ?? 0) / 60, reports: rule.reports ?? 1, clear_min: (rule.clear_after_s ?? 0) / 60, margin: rule.margin ?? 0,
    place: place.code, placeName: place.name, from: until - kDays * 24 * hour, until, link: 0, linkName: '', above: null, gap_h: 24 }
}
/** `yaml`: the rule as a text instead of what the form of the trial holds. */
export function askedOf(rule: AlarmRule, trial: Trial, yaml?: string): BacktestAsked {
  const where = { place: trial.place, from: trial.from, until: trial.until, ...(trial.link && trial.above !== null ? { peaks: { link: trial.link, above: trial.above, gap_h: trial.gap_h } } : {}) }
  return yaml !== undefined ? { yaml, ...where } : { type: rule.type, steps: trial.steps.map((s) => ({ level: s.level, when: s.when.trim() })), hold_s: Math.round(trial.hold_min * 60), reports: trial.reports,
    clear_after_s: Math.round(trial.clear_min * 60), margin: trial.margin, ...where }
}
/** A level that the steps do not have yet, from the mildest up. */
export function freeLevel(steps: RuleStep[]): Level | undefined {
  return (['blue', 'yellow', 'orange', 'red'] as const).find((l) => !steps.some((s) => s.level === l))
}
/** Steps stand from the mildest up, each level once. */
export const inOrder = (steps: RuleStep[]): RuleStep[] => {
  const order = ['blue', 'yellow', 'orange', 'red']
  return [...steps].sort((a, b) => order.indexOf(a.level) - order.indexOf(b.level))
}
/** Left edge and width of an alarm on a line from `from` to `until`, in percent; never too thin to be seen. */
export function barOf(a: BacktestAlarm, from: number, until: number): { left: number; width: number } {
  const at = (ms: number) => Math.min(100, Math.max(0, ((ms - from) / Math.max(1, until - from)) * 100))
  const left = Math.min(99.6, at(a.from))
  return { left, width: Math.max(0.4, at(a.until ?? until) - left) }
}
