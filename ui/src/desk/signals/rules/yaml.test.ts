import { describe, expect, it } from 'vitest'
import { bare, durationOf, quoted, readRule, secondsOf, unquoted, withField, withSteps } from './yaml'

const text = `# Rain.
alarm_rules:
  - id: rain_amount   # the one
    zh: 暴雨
    en: "Rainstorm: heavy"
    type: rain_gauge
    hazard: rainstorm
    steps:
      - { level: blue, when: "sum(12h) >= 50" }
      # between
      - { level: red, when: 'sum(3h) >= 100' }
    clear_after: 60 min
    source: "第16号 # 附件"
    verified: false
`
describe('a rule as text', () => {
  it('is read by its fields and steps', () => {
    const r = readRule(text)
    expect(r).toMatchObject({ section: 'alarm_rules', problem: '', fields: { id: 'rain_amount', zh: '暴雨', en: 'Rainstorm: heavy', clear_after: '60 min', source: '第16号 # 附件' } })
    expect(r.steps).toEqual([{ level: 'blue', when: 'sum(12h) >= 50' }, { level: 'red', when: 'sum(3h) >= 100' }])
    expect([r.lines.id, r.lines.steps, r.stepLines]).toEqual([3, 8, [9, 11]])
  })
  it('may have its steps in lines or in brackets', () => {
    const steps = [{ level: 'blue', when: 'a > 1' }, { level: 'red', when: 'a > 2, b' }]
    expect(readRule('id: x\nsteps:\n- level: blue\n  when: a > 1\n- level: red\n  when: "a > 2, b"\nhazard: y').steps).toEqual(steps)
    expect(readRule('id: x\nsteps: [{ level: blue, when: a > 1 }, { level: red, when: "a > 2, b" }]').steps).toEqual(steps)
  })
  it('says when it is more than a form can show', () => {
    expect(readRule(`${text}  - id: second\n`).problem).toBe('many')
    expect(readRule(`${text}chains:\n  - id: c\n`).problem).toBe('many')
    for (const odd of ['', 'id: |\n  x', 'id: [1', 'steps: [1, 2]', '\tid: x', 'id: "x']) expect(readRule(odd).problem, odd).toBe(odd === 'id: [1' ? '' : 'unread')
  })
})
describe('a change', () => {
  it('touches its own line only', () => {
    expect(withField(text, 'id', 'rain_own').split('\n')[2]).toBe('  - id: rain_own   # the one')
    const changed = withField(text, 'clear_after', '2 h')
    expect(changed.split('\n').filter((l, i) => l !== text.split('\n')[i])).toEqual(['    clear_after: 2 h'])
  })
  it('puts a new field where it belongs and takes it out again', () => {
    const with_hold = withField(text, 'hold', '30 s')
    expect(with_hold.split('\n')[11]).toBe('    hold: 30 s')
    expect(withField(with_hold, 'hold', '')).toBe(text)
    expect(withField(text, 'id', '')).toBe(text)
  })
  it('of steps is read back as it was written', () => {
    const steps = [{ level: 'blue', when: 'value + rate(1h) * 3 >= limit.warning' }, { level: 'red', when: 'say "no", \\ or' }]
    expect(readRule(withSteps(text, steps)).steps).toEqual(steps)
    expect(readRule(withSteps('id: x\nhazard: y', steps)).steps).toEqual(steps)
  })
  it('keeps any value whole', () => {
    for (const value of ['暴雨（自定）', 'a: b', '- x', 'yes', '1.50', "it's", '"', 'x # y', '气象灾害 (16号), 附件', ' trailing ', '{}']) {
      expect(readRule(withField(text, 'source', value)).fields.source, value).toBe(value)
      expect(unquoted(quoted(value)), value).toBe(value)
    }
  })
})
describe('spans', () => {
  it('are read and written', () => {
    expect(['90 s', '15min', '2 h', '1 d', undefined].map(secondsOf)).toEqual([90, 900, 7200, 86_400, 0])
    expect(secondsOf('soon')).toBeNaN()
    expect([0, 30, 60, 90, 3600, 7200, 86_400, 259_200].map(durationOf)).toEqual(['0 s', '30 s', '1 min', '90 s', '60 min', '2 h', '24 h', '72 h'])
  })
})
describe('a comment', () => it('begins at a # after a blank', () => expect([bare('a: b # c'), bare('a: "b # c"'), bare("a: it's # c"), bare('a#b')]).toEqual(['a: b', 'a: "b # c"', "a: it's", 'a#b'])))
