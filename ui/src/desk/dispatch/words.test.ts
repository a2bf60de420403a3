import { beforeAll, describe, expect, it } from 'vitest'
import { i18n } from '@shared/i18n'
import zh from '../i18n/zh'
import type { Mission } from './types'
import { byUrgency, etaText, gapSoFar, gapText, needOf, needText, paceOf, unmetText } from './words'

beforeAll(() => i18n.global.setLocaleMessage('zh', zh as never))
const now = Date.UTC(2026, 10, 21, 11)
const minutes = (n: number) => now + n * 60_000
const mission = (part: Partial<Mission>): Mission => ({ id: 1, team: 1, name: '一队', to: '甲村', lon: 1, lat: 2, task: '', profile: 'car', leaves: minutes(-10), due: minutes(12), eta: minutes(12), step: 'on_the_way', ...part })

describe('the way of a team', () => {
  it('counts down to the arrival, and says when it is late', () => {
    expect(etaText(mission({}), now)).toBe('还有 12 分')
    expect(etaText(mission({ eta: minutes(15.2) }), now)).toBe('还有 16 分，晚 4 分')
    expect(etaText(mission({ due: minutes(-4), eta: minutes(-4) }), now)).toBe('晚了 4 分')
    expect(etaText(mission({ step: 'arrived' }), now)).toBe('已到')
    expect(etaText(mission({ eta: null }), now)).toBe('现在没有路能到')
  })
  it('is late when it will be more than a minute later than planned, or is overdue, or has no way', () => {
    expect(paceOf(mission({ eta: minutes(12.5) }), now)).toBe('due')
    expect(paceOf(mission({ eta: minutes(14) }), now)).toBe('late')
    expect(paceOf(mission({ due: minutes(-3), eta: minutes(-3) }), now)).toBe('late')
    expect(paceOf(mission({ eta: null }), now)).toBe('late')
    expect(paceOf(mission({ step: 'arrived', eta: null }), now)).toBe('arrived')
  })
  it('comes first when it is late, last when it has arrived', () => {
    const list = [mission({ id: 1, step: 'arrived' }), mission({ id: 2 }), mission({ id: 3, due: minutes(5), eta: minutes(5) }), mission({ id: 4, eta: minutes(30) })]
    expect(byUrgency(list, now).map((m) => m.id)).toEqual([4, 3, 2, 1])
  })
})
describe('a plan in words', () => {
  it('tells the gap to the bound, rounded up', () => {
    expect(gapText({ gap_percent: 3.14 })).toBe('离理论最优最多还差 3.2 %。')
    expect(gapText({ gap_percent: 0 })).toBe('已证明最优。')
    expect(gapSoFar(50, 40)).toBe('离理论最优最多还差 20 %。')
    expect(gapSoFar(0, 0)).toBe('已证明最优。')
  })
  it('never calls all met what is not', () => {
    expect(unmetText(0)).toBe('全部满足。')
    expect(unmetText(0.01)).toContain('0.1 %')
  })
})
describe('a need', () => {
  it('without any number asks for one team', () => {
    expect(needOf({ capability: 'water' })).toEqual({ capability: 'water', teams: 1 })
    expect(needOf({ capability: 'water', teams: 0, boats: 3 })).toEqual({ capability: 'water', boats: 3 })
    expect(needText({ capability: 'water', people: 20, boats: 3 }, '水域救援')).toBe('水域救援 20 人、3 艘艇')
  })
})
