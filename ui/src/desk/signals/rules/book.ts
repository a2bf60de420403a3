import type { AlarmRule, AnyRule, AreaRule, Chain, RuleBook, RuleFault, SpotRule, UnreadRule } from '@shared/types'
import { durationOf, readRule, type RuleText, secondsOf, type Section, type StepText, withField } from './yaml'

export type RuleKind = 'link' | 'area' | 'spot' | 'chain' | 'unread'
export const kindOf = (r: AnyRule): RuleKind => ('type' in r ? 'link' : 'over' in r ? 'area' : 'to' in r ? 'chain' : r.steps.length ? 'spot' : 'unread')
export const isLinkRule = (r: AnyRule | undefined): r is AlarmRule => !!r && 'type' in r
const sections: Record<RuleKind, Section> = { link: 'alarm_rules', area: 'area_rules', spot: 'spot_rules', chain: 'chains', unread: 'alarm_rules' }
/** A text kept here that the node cannot read any more, as a rule that counts for nothing. */
const unread = (r: UnreadRule): AnyRule => ({ id: r.id, zh: r.id, en: r.id, hazard: '', source: '', verified: true, steps: [], yaml: r.yaml, fault: r.fault, own: true, on: false })
export const allOf = (book: RuleBook | null): AnyRule[] => (book ? [...book.items, ...(book.areas ?? []), ...(book.spots ?? []), ...(book.chains ?? []), ...(book.unreadable ?? []).map(unread)] : [])
/** A rule that is not said to be off is on. */
export const isOn = (r: Pick<AnyRule, 'on'>) => r.on !== false
/** Those that may issue a warning without a person: what every screen has to say. */
export const issuing = (rules: AnyRule[]): AnyRule[] => rules.filter((r) => r.issue_from && isOn(r))

const text = (v: unknown) => (v === null || v === undefined ? '' : String(v))
/** The text of a rule of which the node gave only the fields. */
export function yamlOf(rule: AnyRule): string {
  if (rule.yaml) return rule.yaml.endsWith('\n') ? rule.yaml : `${rule.yaml}\n`
  const r = rule as Partial<AlarmRule & AreaRule & SpotRule & Chain>
  const steps = (r.steps as unknown as Record<string, unknown>[]).map((s) => Object.entries(s).filter(([, v]) => v !== null && v !== undefined).map(([k, v]) => `${k}: ${k === 'when' ? JSON.stringify(v) : text(v)}`).join(', '))
  const spans: [string, number | undefined][] = [['hold', r.hold_s], ['clear_after', r.clear_after_s]]
  const start = `${sections[kindOf(rule)]}:\n  - id: ${rule.id}\n    steps:\n${steps.map((s) => `      - { ${s} }\n`).join('')}`
  const plain = (['zh', 'en', 'type', 'over', 'from', 'to', 'within_km', 'same', 'by', 'travel', 'hazard', 'margin', 'draft_from', 'issue_from', 'source', 'effective_from'] as const).map((k): [string, string] => [k, text(r[k])])
  const more: [string, string][] = [...plain, ['reports', (r.reports ?? 1) > 1 ? text(r.reports) : ''], ...spans.map(([k, s]): [string, string] => [k, s ? durationOf(s) : '']), ['verified', rule.verified ? 'true' : '']]
  return more.reduce((yaml, [k, v]) => (v && v !== '0' ? withField(yaml, k, v) : yaml), start)
}

/** An id nobody has yet. */
export function freeId(id: string, taken: (id: string) => boolean): string {
  const stem = id.replace(/_own\d*$/, '').slice(0, 50)
  for (let n = 1; ; n++) { const made = `${stem}_own${n > 1 ? n : ''}`; if (!taken(made)) return made }
}
/** The text of a new rule made from another: an id and a name of its own, and nobody has verified it. */
export function copyOf(yaml: string, id: string, zh: string, en: string): string {
  const named = withField(withField(withField(yaml, 'id', id), 'zh', zh), 'en', en)
  return readRule(named).fields.verified === 'true' ? withField(named, 'verified', 'false') : named
}

const kOrder = ['blue', 'yellow', 'orange', 'red']
export interface Difference { key: string; level?: string; before: string; after: string }
const same = (key: string, a: string, b: string) => a === b || (/^(hold|clear(ed)?_after)$/.test(key) && secondsOf(a) === secondsOf(b)) || (['margin', 'reports', 'within_km'].includes(key) && a !== '' && b !== '' && Number(a) === Number(b)) || (key === 'verified' && (a || 'false') === (b || 'false'))
const stepText = ({ level: _, ...s }: StepText) => ('when' in s ? s.when : Object.entries(s).map(([k, v]) => `${k} ${v}`).join(' '))
/** What a save would change, field by field and level by level. */
export function differences(before: RuleText, after: RuleText): Difference[] {
  const keys = [...new Set([...Object.keys(before.fields), ...Object.keys(after.fields)])]
  const out: Difference[] = keys.filter((k) => !same(k, before.fields[k] ?? '', after.fields[k] ?? '')).map((key) => ({ key, before: before.fields[key] ?? '', after: after.fields[key] ?? '' }))
  for (const level of kOrder) {
    const [a, b] = [before, after].map((r) => r.steps.find((s) => s.level === level))
    const [was, is] = [a ? stepText(a) : '', b ? stepText(b) : '']
    if (was !== is) out.push({ key: 'step', level, before: was, after: is })
  }
  return out
}

/** Which step (from 0) a fault is about, by its field (`steps.2.when`, `x.steps[2]`) or its line; -1: the rule as a whole. */
export function stepOf(fault: Pick<RuleFault, 'field' | 'line'>, rule: RuleText): number {
  const found = /steps[.[](\d+)/.exec(fault.field)
  const at = found ? Number(found[1]) - 1 : rule.stepLines.lastIndexOf(fault.line)
  return at < rule.steps.length ? at : -1
}
/** Which field of the form a fault is about; '' for none. */
export function fieldOf(fault: Pick<RuleFault, 'field' | 'line'>, rule: RuleText): string {
  if (stepOf(fault, rule) >= 0) return ''
  const last = fault.field.split('.').at(-1) ?? ''
  return last in rule.lines || kFields.has(last) ? last : Object.keys(rule.lines).find((k) => rule.lines[k] === fault.line) ?? ''
}
const kFields = new Set(['id', 'zh', 'en', 'type', 'hazard', 'steps', 'margin', 'hold', 'reports', 'clear_after', 'draft_from', 'issue_from', 'source', 'effective_from', 'verified'])
/** The line a fault is marked at; 0 when it has none. */
export function lineOf(fault: RuleFault, rule: RuleText): number {
  if (fault.line > 0) return fault.line
  const step = stepOf(fault, rule)
  return step >= 0 ? rule.stepLines[step] : rule.lines[fieldOf(fault, rule)] ?? 0
}
