import { describe, expect, it } from 'vitest'
import type { AlarmRule } from '@shared/types'
import { askedOf, barOf, freeLevel, inOrder, trialOf } from './backtest'

const rule: AlarmRule = { id: 'river_level', zh: '', en: '', type: 'river_gauge', hazard: 'flood', source: '', verified: true, steps: [{ level: 'yellow', when: 'value >= 1' }], hold_s: 600, clear_after_s: 3600, margin: 0.05 }
const trial = () => trialOf(rule, { code: '6229', name: '临夏' }, Date.UTC(2026, 10, 22, 3, 20))

describe('a trial of a rule', () => {
  it('begins as the rule stands', () => expect(askedOf(rule, trial())).toMatchObject({ type: 'river_gauge', steps: rule.steps, hold_s: 600, reports: 1, clear_after_s: 3600, margin: 0.05, place: '6229' }))
  it('does not touch the rule', () => {
    const t = trial()
    t.steps[0].when = 'value >= 9'
    expect(rule.steps[0].when).toBe('value >= 1')
  })
  it('sends the truth only when it is whole', () => {
    expect(askedOf(rule, { ...trial(), link: 7 }).peaks).toBeUndefined()
    expect(askedOf(rule, { ...trial(), link: 7, above: 300, gap_h: 48 }).peaks).toEqual({ link: 7, above: 300, gap_h: 48 })
  })
  it('keeps its steps from the mildest up, each level once', () => {
    expect(inOrder([{ level: 'red', when: 'a' }, { level: 'blue', when: 'b' }]).map((s) => s.level)).toEqual(['blue', 'red'])
    expect(freeLevel(rule.steps)).toBe('blue')
    expect(freeLevel((['red', 'orange', 'yellow', 'blue'] as const).map((level) => ({ level, when: '' })))).toBeUndefined()
  })
  it('draws even the shortest alarm, and one that still stands to the end', () => {
    const at = { link: 1, name: '', level: 'red' as const, peak: 1 }
    expect(barOf({ ...at, from: 500, until: 501 }, 0, 1_000_000).width).toBe(0.4)
    expect(barOf({ ...at, from: 500_000, until: null }, 0, 1_000_000)).toEqual({ left: 50, width: 50 })
  })
})
