import { describe, expect, it } from 'vitest'
import { aircraftOf, askedFor, changeOf, dotSize, noTrial, shortOf, tried, withRemoved } from './coverage'
import type { ResponseCircle, RoadFacts, Station } from './types'

const circle: ResponseCircle = { id: 'fire', zh: '', en: '', facilities: ['rescue_team'], minutes: [5, 10], profile: 'fire_engine', share: 0.9 }
const air: ResponseCircle = { ...circle, id: 'air', by_air: true, profile: 'medium' }
const station = (record: number): Station => ({ record, name: `s${record}`, people: 100, villages: 2, alone_people: 40, alone_villages: 1, lon: 1, lat: 2 })

describe('a trial', () => {
  it('asks for the circle of the pack by its name, and for what is moved only when something is', () => {
    expect(askedFor(circle, '', '6229', noTrial(), true)).toEqual({ circle: 'fire', within: '6229', polygons: true })
    const asked = askedFor(circle, '', '6229', { moved: { 7: { lon: 1, lat: 2 } }, added: [{ lon: 3, lat: 4 }], removed: [9] }, false)
    expect(asked).toMatchObject({ moved: [{ record: 7, lon: 1, lat: 2 }], added: [{ lon: 3, lat: 4 }], removed: [9], polygons: false })
  })
  it('spells the circle out for another aircraft', () => {
    expect(askedFor(air, 'medium', '6', noTrial(), false).circle).toBe('air')
    expect(askedFor(air, 'large', '6', noTrial(), false).circle).toMatchObject({ by_air: true, aircraft: 'large', share: 0.9 })
    expect(aircraftOf({ aircraft: [{ id: 'medium' }] } as RoadFacts, air)).toBe('medium')
    expect(aircraftOf({ aircraft: [{ id: 'large' }] } as RoadFacts, air)).toBe('large')
    expect(aircraftOf(null, circle)).toBe('')
  })
  it('says whether anything is tried, and what it comes to', () => {
    expect(tried(noTrial())).toBe(false)
    expect(tried({ ...noTrial(), removed: [1] })).toBe(true)
    const compared = { people_more: 1203, people_less: 86, villages_more: [], villages_less: [], villages_more_total: 4, villages_less_total: 1 }
    expect(changeOf(compared, true)).toEqual({ net: 1117, more: 1203, less: 86 })
    expect(changeOf(compared, false)).toEqual({ net: 3, more: 4, less: 1 })
  })
  it('keeps a station that is left out in the list, without figures', () => {
    const known = new Map([[1, station(1)], [2, station(2)]])
    const list = withRemoved([station(1)], known, { ...noTrial(), removed: [2, 3] })
    expect(list.map((s) => [s.record, s.people])).toEqual([[1, 100], [2, 0]])
  })
  it('says how many are missing, of what the standard measures', () => {
    const rings = [{ minutes: 20, people: 81, villages: 55, people_share: 0.4, villages_share: 0.35 }]
    expect(shortOf({ standard: { share: 0.9, met: false, of: 'people', people_short: 120 }, rings, villages: 159 }, 0.9)).toBe(120)
    expect(shortOf({ standard: { share: 0.9, met: false, of: 'villages', people_short: null }, rings, villages: 159 }, 0.9)).toBe(89)
  })
  it('draws dots that can be pressed, however few the people', () => {
    expect([dotSize(null), dotSize(0), dotSize(2500), dotSize(1e6)]).toEqual([3.5, 3.5, 10, 12])
  })
})
