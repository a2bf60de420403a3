import { named, t } from '@shared/i18n'
import type { Alarm, LinkState, Named, RecordType, Situation } from '@shared/types'
import { usePack } from '../stores/pack'
import { conditionText } from './condition'
import { useRules } from './alarms'
import { isLinkRule } from './rules/book'

/** Types whose records are links: those that declare a signal, and those that a rule watches. */
export function linkTypes(): RecordType[] {
  const watched = new Set(useRules().rules.map((r) => r.type))
  return (usePack().pack?.record_types ?? []).filter((r) => r.signal || watched.has(r.id))
}
export const typeName = (id: string) => usePack().name('record_types', id)
export const decimalsOf = (type: string) => usePack().recordType(type)?.signal?.decimals ?? 2
export function unitOf(type: string): string {
  const found = usePack().recordType(type)
  return found?.signal?.unit ?? found?.fields.find((f) => f.unit)?.unit ?? ''
}
/** A reading with all its decimals and no thousands marks, as gauges are read: 1780.50. */
export const readingText = (value: number | null | undefined, decimals: number) => (value === null || value === undefined ? '–' : value.toFixed(decimals))
export const valueText = (value: number | null | undefined, unit: string, decimals = 2) => readingText(value, decimals) + (unit && value !== null && value !== undefined ? ` ${unit}` : '')
/** A limit or a window, without zeros at its end. */
export const shortText = (value: number | null | undefined, unit = '') => (value === null || value === undefined ? '–' : `${Number(value.toFixed(3))}${unit ? ` ${unit}` : ''}`)
/** A condition of a rule for links of this type, as a sentence. */
export function saidOf(type: string, when: string): string | null {
  const found = usePack().recordType(type)
  return conditionText(when, { unit: unitOf(type), limit: (id) => named(found?.fields.find((f) => f.id === id) as Named | undefined, id) })
}
export const ruleName = (r: Pick<Named, 'zh' | 'en'>) => named({ id: '', ...r })
/** What it is an alarm for: the condition of its level, or the name of its rule. */
export function alarmWhy(a: Alarm): string {
  const rule = useRules().rule(a.rule)
  const name = named({ id: a.rule, zh: a.rule_zh, en: a.rule_en ?? '' })
  const step = isLinkRule(rule) ? rule.steps.find((s) => s.level === a.level) : undefined
  const said = isLinkRule(rule) && step ? saidOf(rule.type, step.when) : null
  return said ?? name
}
/** What a situation is about: its hazard, or in the node's words where the pack has no such hazard. */
export function whatOf(s: Situation): string {
  const hazard = usePack().pack?.hazards.find((h) => h.id === s.hazard)
  return hazard ? named(hazard) : s.headline || t('signals.otherHazard')
}
/** The node's sentence about it, where it says more than place and hazard. */
export function moreOf(s: Situation): string {
  const hazard = usePack().pack?.hazards.find((h) => h.id === s.hazard)
  const plain = [s.place_name, hazard ? `${s.place_name}${hazard.zh}` : '', hazard ? '' : whatOf(s)]
  return s.headline && !plain.includes(s.headline) ? s.headline : ''
}
export const stateText = (state: LinkState) => t(`signals.state.${state}`)
