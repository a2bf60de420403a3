import { describe, expect, it } from 'vitest'
import type { Chart } from '@shared/types'
import { extent, seriesOf } from './series'

const chart = (raw: boolean, points: number[][]): Chart => ({ link: 1, unit: 'm', from: 0, until: 1000, raw, points })

describe('lines of a chart', () => {
  it('break where readings are missing', () => expect(seriesOf(chart(true, [[0, 1], [10, 2], [20, 3], [100, 4], [110, 5]])).mean.map(([, v]) => v)).toEqual([1, 2, 3, null, 4, 5]))
  it('do not break between readings that a link sends rarely', () => expect(seriesOf(chart(true, [[0, 1], [1, 2], [60, 3]]), 60).mean.length).toBe(3))
  it('have a band from least to most, and leave out buckets without readings', () => {
    const s = seriesOf(chart(false, [[0, 1, 2, 4, 5], [10, 0, 0, 0, 0], [20, 2, 3, 3, 5]]))
    expect(s.low).toEqual([[0, 1], [20, 2]])
    expect(s.band).toEqual([[0, 3], [20, 1]])
    expect([s.min, s.max, s.count]).toEqual([1, 4, 10])
  })
  it('show one reading as it is', () => expect(seriesOf(chart(true, [[5, 7]])).mean).toEqual([[5, 7]]))
})
describe('the value axis', () => {
  const s = seriesOf(chart(true, [[0, 10], [1, 11]]))
  it('reaches to the nearest limit above, and not to one far beyond it', () => {
    const y = extent(s, [14, 200])
    expect(y.max).toBeGreaterThan(14)
    expect(y.max).toBeLessThan(20)
  })
  it('holds limits that lie close together', () => expect(extent(s, [13, 14]).max).toBeGreaterThan(14))
  it('shows limits where there are no readings', () => expect(extent(seriesOf(chart(true, [])), [3, 5])).toMatchObject({ min: expect.any(Number), max: expect.any(Number) }))
  it('does not go below zero for what cannot be negative', () => expect(extent(seriesOf(chart(true, [[0, 0], [1, 4]])), []).min).toBe(0))
})
