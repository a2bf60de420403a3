import { describe, expect, it } from 'vitest'
import type { AlarmRule, Chain } from '@shared/types'
import { allOf, copyOf, differences, fieldOf, freeId, issuing, kindOf, lineOf, stepOf, yamlOf } from './book'
import { readRule, withField, withSteps } from './yaml'

const rule: AlarmRule = { id: 'river_level', zh: '河道洪水', en: 'River flood', type: 'river_gauge', hazard: 'flood', source: 'SL 758-2018', effective_from: '2018-01-01', verified: true,
  steps: [{ level: 'yellow', when: 'value >= limit.warning' }, { level: 'red', when: 'value >= limit.historic' }], hold_s: 600, clear_after_s: 7200, reports: 2, margin: 0.05, draft_from: 'red' }
const chain: Chain = { id: 'downstream', zh: '下游', en: 'Downstream', hazard: 'flood', source: 'x', verified: false, from: 'river_level', to: 'river_section', by: 'upstream', travel: 'minutes', steps: [{ level: 'yellow', at: 'orange', intensity: null }] }
const yaml = yamlOf(rule)

describe('the text of a rule', () => {
  it('is the node’s, or made of its fields', () => {
    expect(yamlOf({ ...rule, yaml: 'id: x' })).toBe('id: x\n')
    const read = readRule(yaml)
    expect(read).toMatchObject({ section: 'alarm_rules', problem: '', fields: { id: 'river_level', zh: '河道洪水', type: 'river_gauge', margin: '0.05', hold: '10 min', reports: '2', clear_after: '2 h', draft_from: 'red', verified: 'true' } })
    expect(read.steps).toEqual(rule.steps)
    expect(readRule(yamlOf(chain))).toMatchObject({ section: 'chains', fields: { from: 'river_level', to: 'river_section', by: 'upstream' }, steps: [{ level: 'yellow', at: 'orange' }] })
  })
  it('is copied under an id and a name of its own, unverified', () => {
    expect(freeId('rain', (x) => ['rain_own', 'rain_own2'].includes(x))).toBe('rain_own3')
    expect(freeId('rain_own3', () => false)).toBe('rain_own')
    expect(readRule(copyOf(yaml, 'river_own', '河道（自定）', 'River, own')).fields).toMatchObject({ id: 'river_own', zh: '河道（自定）', verified: 'false', margin: '0.05' })
  })
})
describe('a save', () => {
  const now = readRule(yaml)
  it('says what it changes', () => {
    const after = readRule(withField(withSteps(yaml, [{ level: 'yellow', when: 'value >= 9' }, { level: 'orange', when: 'value >= 10' }]), 'issue_from', 'orange'))
    expect(differences(now, after)).toEqual([{ key: 'issue_from', before: '', after: 'orange' }, { key: 'step', level: 'yellow', before: 'value >= limit.warning', after: 'value >= 9' },
      { key: 'step', level: 'orange', before: '', after: 'value >= 10' }, { key: 'step', level: 'red', before: 'value >= limit.historic', after: '' }])
  })
  it('says nothing of what only looks different', () => {
    expect(differences(now, readRule(withField(withField(withField(yaml, 'clear_after', '120 min'), 'margin', '0.050'), 'hold', '600 s')))).toEqual([])
  })
})
describe('rules', () => {
  it('are told apart and counted', () => {
    expect([kindOf(rule), kindOf(chain)]).toEqual(['link', 'chain'])
    expect(allOf({ items: [rule], chains: [chain] }).map((r) => r.id)).toEqual(['river_level', 'downstream'])
    expect(issuing([rule, { ...rule, issue_from: 'red' }, { ...rule, issue_from: 'red', on: false }])).toHaveLength(1)
  })
})
describe('a fault', () => {
  const read = readRule(yaml)
  const fault = (field: string, line = 0) => ({ field, line, zh: '', en: '' })
  it('belongs to a step, a field or a line', () => {
    expect([fault('steps.2.condition'), fault('river_level.steps[1]'), fault('', read.stepLines[1]), fault('steps.9.when')].map((f) => stepOf(f, read))).toEqual([1, 0, 1, -1])
    expect([fault('hazard'), fault('alarm_rules[1].hazard'), fault('', read.lines.margin), fault('steps.1.when')].map((f) => fieldOf(f, read))).toEqual(['hazard', 'hazard', 'margin', ''])
    expect([fault('x', 7), fault('steps.1.when'), fault('hazard'), fault('')].map((f) => lineOf(f, read))).toEqual([7, read.stepLines[0], read.lines.hazard, 0])
  })
})
