import { describe, expect, it } from 'vitest'
import { sortedTowns, urgencyOf } from './towns'
import type { Range, TownLoss } from './types'

const r = (mean: number): Range => ({ p10: mean / 2, p50: mean, p90: mean * 2, mean })
const town = (priority: number, name: string, dead: number, more: Partial<TownLoss> = {}): TownLoss => ({ priority, name, place: name, county: 'X', people: 1000 * priority, people_by_degree: {}, intensity_max: 9 - priority, buildings: 10, grades: [r(1), r(1), r(1), r(1), r(5 - priority)], dead: r(dead), injured: r(dead), buried: r(dead), homeless: r(dead), loss_yuan: r(1), needs: {}, reported: null, ...more })
const list = [town(2, 'beta', 10), town(1, 'alpha', 10), town(3, 'gamma', 0.1, { reported: { collapsed: 4, severe: 0, dead: 1, injured: 0 } })]
const names = (sort: string, q = '') => sortedTowns(list, sort, q).map((t) => t.name)

describe('townships', () => {
  it('stand by priority', () => expect(names('priority')).toEqual(['alpha', 'beta', 'gamma']))
  it('stand by any column, both ways; equal ones by priority', () => {
    expect(names('-dead')).toEqual(['alpha', 'beta', 'gamma'])
    expect(names('dead')).toEqual(['gamma', 'alpha', 'beta'])
    expect(names('-people')).toEqual(['gamma', 'beta', 'alpha'])
    expect(names('-name')).toEqual(['gamma', 'beta', 'alpha'])
  })
  it('put what was reported first when asked so, and silence last', () => expect(names('-reported')[0]).toBe('gamma'))
  it('take a column that is not there for priority', () => expect(names('nonsense')).toEqual(['alpha', 'beta', 'gamma']))
  it('are found by name or county', () => { expect(names('priority', 'amm')).toEqual(['gamma']); expect(names('priority', 'X')).toHaveLength(3) })
  it('are urgent only where somebody is hurt', () => {
    expect(urgencyOf(town(1, 'a', 10), 30)).toBe(0)
    expect(urgencyOf(town(8, 'b', 10), 30)).toBe(1)
    expect(urgencyOf(town(20, 'c', 10), 30)).toBe(2)
    expect(urgencyOf(town(1, 'd', 0), 30)).toBe(3)
  })
})
