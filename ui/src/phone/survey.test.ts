import { describe, expect, it } from 'vitest'
import { bodyOf, countOf, emptyDraft, likely, missing, type Quake, roman } from './survey'
import { kFarthest_km, kNearest_km, moved, scaleBar, toPixel, toPlace, zoomed } from './survey_map'

const quake = (id: number, hours_ago: number, more: Partial<Quake> = {}): Quake => ({ id, at: 1e12 - hours_ago * 3.6e6, lon: 0, lat: 0, magnitude: 5, name: '', drill: false, withdrawn: null, ...more })

describe('the survey', () => {
  it('takes whole numbers only', () => expect(['', ' 12 ', '0', '1.5', '-1', '100000', '100001', 'x'].map(countOf)).toEqual([undefined, 12, 0, undefined, undefined, 100_000, undefined, undefined]))
  it('names degrees', () => expect([3, 6, 10].map(roman)).toEqual(['Ⅲ', 'Ⅵ', 'Ⅹ']))
  it('says what is missing, the place first', () => {
    const d = emptyDraft()
    expect(missing(d)).toBe('place')
    Object.assign(d, { lon: 102.8, lat: 35.7 })
    expect(missing(d)).toBe('what')
    d.counts.dead = 'two'
    expect(missing(d)).toBe('number')
    d.counts.dead = '2'
    expect(missing(d)).toBe('')
  })
  it('sends what was given and nothing else', () => {
    const d = { ...emptyDraft(), lon: 102.8123456, lat: 35.7, intensity: 7, note: ' road cut ' }
    d.counts.houses_collapsed = '0'
    expect(bodyOf(d)).toEqual({ lon: 102.81235, lat: 35.7, intensity: 7, houses_collapsed: 0, note: 'road cut' })
  })
})
describe('the earthquake that is meant', () => {
  it('is the strongest real one of the day, else a drill, else the latest', () => {
    expect(likely([quake(1, 5, { magnitude: 6 }), quake(4, 2), quake(2, 1, { drill: true, magnitude: 7 }), quake(3, 30, { magnitude: 8 })], 1e12)!.id).toBe(1)
    expect(likely([quake(2, 1, { drill: true }), quake(3, 30)], 1e12)!.id).toBe(2)
    expect(likely([quake(3, 30), quake(4, 60)], 1e12)!.id).toBe(3)
  })
  it('is never one that was none', () => expect(likely([quake(1, 1, { withdrawn: { at: 1 } })], 1e12)).toBeNull())
})
describe('the map of the survey', () => {
  const view = { lon: 102.8, lat: 35.7, km: 20 }, size = { width: 328, height: 300 }
  it('gives back the place of a pixel', () => { const p = toPixel(view, size, 102.9, 35.75), q = toPlace(view, size, p.x, p.y); expect(q.lon).toBeCloseTo(102.9, 9); expect(q.lat).toBeCloseTo(35.75, 9) })
  it('is true to scale', () => expect(toPixel(view, size, 102.8, 35.7 + 10 / 111.32).y).toBeCloseTo(150 - 82, 6))
  it('follows the thumb', () => { const m = moved(view, size, 50, -20), p = toPixel(m, size, 102.8, 35.7); expect(p.x).toBeCloseTo(214, 1); expect(p.y).toBeCloseTo(130, 1) })
  it('has an end on both sides', () => expect([zoomed(view, 1e-9).km, zoomed(view, 1e9).km]).toEqual([kNearest_km, kFarthest_km]))
  it('has a bar of a round length', () => { const b = scaleBar(view, size, 90); expect(b.km).toBe(10); expect(b.px).toBeCloseTo(82, 6) })
})
