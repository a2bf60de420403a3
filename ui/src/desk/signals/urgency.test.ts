import { describe, expect, it } from 'vitest'
import type { Situation } from '@shared/types'
import { byUrgency, highestOf, isCalling, trendMark } from './urgency'

const one = (id: number, level: Situation['level'], state: Situation['state'], changed_at = 0, may: Situation['may'] = ['take']) => ({ id, level, state, changed_at, may, hazard: 'flood' }) as Situation
const ids = (list: Situation[]) => [...list].sort(byUrgency).map((s) => s.id)

describe('the queue of situations', () => {
  it('stands by level, not by arrival', () => expect(ids([one(1, 'blue', 'open', 9), one(2, 'red', 'open', 1), one(3, 'none', 'open', 10), one(4, 'orange', 'open', 2)])).toEqual([2, 4, 1, 3]))
  it('puts what nobody has taken before what somebody has', () => expect(ids([one(1, 'orange', 'taken', 9), one(2, 'orange', 'open', 1)])).toEqual([2, 1]))
  it('puts the latest change first among equals, and what has ended last', () => expect(ids([one(1, 'red', 'closed', 99), one(2, 'blue', 'open', 1), one(3, 'blue', 'open', 5)])).toEqual([3, 2, 1]))
})
describe('calling', () => {
  it('is for orange and red that nobody has taken', () => {
    expect([one(1, 'orange', 'open'), one(2, 'red', 'open')].every(isCalling)).toBe(true)
    expect([one(3, 'yellow', 'open'), one(4, 'none', 'open'), one(5, 'red', 'taken'), one(6, 'red', 'closed')].some(isCalling)).toBe(false)
  })
  it('leaves those in peace who may not take it', () => expect(isCalling(one(1, 'red', 'open', 0, []))).toBe(false))
  it('has the level of the worst', () => {
    expect(highestOf([one(1, 'yellow', 'open'), one(2, 'red', 'open')])).toBe('red')
    expect(highestOf([one(1, 'none', 'open')])).toBeNull()
  })
})
describe('trend', () => it('is an arrow', () => expect([trendMark('rising'), trendMark('steady'), trendMark('falling'), trendMark(undefined)]).toEqual(['↗', '→', '↘', ''])))
