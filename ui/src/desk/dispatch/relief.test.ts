import { describe, expect, it } from 'vitest'
import { askedFor, emptyDemand, emptyRelief, filled, linesOf, unmetRows } from './relief'
import type { Plan, Trip } from './types'

describe('what is asked for', () => {
  it('leaves rows out that ask for nothing or nowhere', () => {
    const f = emptyRelief()
    f.demands = [{ ...emptyDemand('tents'), place: '622927100', name: '吹麻滩镇', goods: [{ good: 'tents', amount: 300 }, { good: 'quilts', amount: null }] }, { ...emptyDemand('tents'), goods: [{ good: 'tents', amount: 5 }] }, { ...emptyDemand('tents'), place: '6' }]
    expect(filled(f)).toHaveLength(1)
    expect(askedFor({ ...f, seconds: 900, keep: 20 }, '方案')).toEqual({ name: '方案', seconds: 60, keep_share: 0.2, demands: [{ name: '吹麻滩镇', place: '622927100', priority: 2, goods: [{ good: 'tents', amount: 300 }] }] })
    expect(askedFor({ ...f, seconds: 1, name: ' 甲 ' }, '方案')).toMatchObject({ name: '甲', seconds: 2 })
  })
})
describe('what is drawn', () => {
  const trip = (warehouse: number, lon: number): Trip => ({ vehicle: { record: 1, name: '', number: 1 }, kind: 'van', trip: 1, warehouse: { record: warehouse, name: '' }, demand: { name: '', lon, lat: 1 }, load: [], kg: 0, m3: 0, leave: 0, arrive: 0, minutes: 1, km: 1 })
  it('is one line for trips between the same two points; without a known store there is none', () => {
    const lines = linesOf([trip(1, 5), trip(1, 5), trip(1, 6), trip(2, 5)], (w) => (w === 1 ? { lon: 0, lat: 0 } : undefined))
    expect(lines.map((l) => l.trips.length)).toEqual([2, 1])
    expect(lines[0].width).toBeGreaterThan(lines[1].width)
  })
  it('lists what is not given', () => {
    const plan = { demands: [{ name: '甲', served_by: [], goods: [{ good: 'tents', wanted: 5, given: 5, unmet: 0 }, { good: 'boats', wanted: 5, given: 2, unmet: 3 }] }] } as unknown as Plan
    expect(unmetRows(plan)).toMatchObject([{ demand: '甲', good: 'boats', unmet: 3 }])
  })
})
