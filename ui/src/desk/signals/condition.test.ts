import { beforeAll, describe, expect, it } from 'vitest'
import { i18n } from '@shared/i18n'
import zh from '../i18n/zh'
import { conditionText, limitsOfReadings, stepOfFault } from './condition'

const names: Record<string, string> = { warning: '警戒水位', ready_1h: '准备转移雨量', control: '控制埋深' }
const say = (when: string, unit = 'mm') => conditionText(when, { unit, limit: (id) => names[id] ?? id })

describe('a condition as a sentence', () => {
  beforeAll(() => i18n.global.setLocaleMessage('zh', zh as never))
  it('says windows and units', () => expect(say('sum(3h) >= 50')).toBe('3 小时累计 ≥ 50 mm'))
  it('says limits by their names', () => expect(say('sum(1h) >= limit.ready_1h or sum(6h) >= 80')).toBe('1 小时累计 ≥ 准备转移雨量，或 6 小时累计 ≥ 80 mm'))
  it('reads arithmetic; only what is compared with has the unit', () => {
    expect(say('value + rate(1h) * 3 >= limit.warning', 'm')).toBe('读数 + 1 小时涨率 × 3 ≥ 警戒水位')
    expect(say('value < limit.control * 1.1', 'm')).toBe('读数 < 控制埋深 × 1.1')
    expect(say('mean(10m) >= 10.8', 'm/s')).toBe('10 分平均 ≥ 10.8 m/s')
  })
  it('reads brackets, and, not', () => expect(say('not (value > 5 and max(15d) > 9)')).toBe('不是（（读数 > 5 mm，且 15 天最高 > 9 mm））'))
  it('says how long and how wet before', () => expect(say('above(limit.warning) >= 30 and antecedent(0.85, 15d) > 60')).toBe('不低于 警戒水位 的分钟数 ≥ 30 mm，且 15 天前期雨量（衰减 0.85） > 60 mm'))
  it('gives up on what it does not know rather than saying half of it', () => {
    for (const odd of ['', 'sum(3h', 'sum(3h) >=', 'frobnicate(3h) > 1', 'value >= 5 5', 'value ≥ 5']) expect(say(odd), odd).toBeNull()
  })
})
describe('limits beside readings', () => {
  const drawn = limitsOfReadings(['sum(1h) >= limit.ready_1h or sum(6h) >= 80', 'value + rate(1h) * 3 >= limit.warning and max(1h) > limit.peak', 'above(limit.high) >= 30'])
  it('are those that readings are compared with', () => expect(['warning', 'high'].every(drawn)).toBe(true))
  it('are not those of sums and other windows', () => expect(['ready_1h', 'peak'].some(drawn)).toBe(false))
  it('are those that no rule names', () => expect(drawn('historic')).toBe(true))
})
describe('a fault of the node', () => it('belongs to a step, or to the whole', () => expect(['steps.1.condition', 'steps.3.level', 'steps', 'from'].map(stepOfFault)).toEqual([0, 2, -1, -1])))
