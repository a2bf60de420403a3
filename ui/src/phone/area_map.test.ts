import { describe, expect, it } from 'vitest'
import type { Area } from './ask'
import { edgeDistance, isInside, scaleBar, sketch } from './area_map'

const square: Area = { type: 'Polygon', coordinates: [[[102.8, 35.7], [103, 35.7], [103, 35.9], [102.8, 35.9], [102.8, 35.7]]] }
const ring_with_hole: Area = {
  type: 'MultiPolygon',
  coordinates: [[square.coordinates[0] as [number, number][], [[102.88, 35.78], [102.92, 35.78], [102.92, 35.82], [102.88, 35.82], [102.88, 35.78]]]],
}

describe('the sketch', () => {
  it('has north up, east right, and fits the box', () => {
    const s = sketch(square, [], 320, 150, 10)!
    const south_west = s.at(102.8, 35.7)
    const north_east = s.at(103, 35.9)
    expect(north_east.y).toBeCloseTo(10)
    expect(south_west.y).toBeCloseTo(140)
    expect(north_east.x).toBeGreaterThan(south_west.x)
    expect(s.path.startsWith('M')).toBe(true)
    expect(s.path.endsWith('Z')).toBe(true)
  })

  it('is true to scale: one kilometre is as long to the east as to the north', () => {
    const s = sketch(square, [], 320, 150, 10)!
    const o = s.at(102.9, 35.8)
    const north_px = o.y - s.at(102.9, 35.8 + 1000 / 111_320).y
    const east_px = s.at(102.9 + 1000 / (111_320 * Math.cos((35.8 * Math.PI) / 180)), 35.8).x - o.x
    expect(east_px).toBeCloseTo(north_px, 3)
    expect(north_px).toBeCloseTo(1000 * s.px_per_m, 6)
  })

  it('draws a mark without an area, and nothing from nothing', () => {
    expect(sketch(null, [[102.9, 35.8]], 320, 150, 10)!.at(102.9, 35.8)).toEqual({ x: 160, y: 75 })
    expect(sketch(null, [], 320, 150, 10)).toBeNull()
  })

  it('leaves out vertices that no eye can tell apart', () => {
    const circle = Array.from({ length: 5001 }, (_, i): [number, number] => [102.9 + 0.1 * Math.cos((i * Math.PI) / 2500), 35.8 + 0.1 * Math.sin((i * Math.PI) / 2500)])
    const s = sketch({ type: 'Polygon', coordinates: [circle] }, [], 320, 150, 10)!
    expect(s.path.split('L').length).toBeLessThan(700)
  })
})

describe('inside and outside', () => {
  it('respects holes', () => {
    expect(isInside(square, 102.9, 35.8)).toBe(true)
    expect(isInside(ring_with_hole, 102.9, 35.8)).toBe(false)
    expect(isInside(ring_with_hole, 102.85, 35.8)).toBe(true)
    expect(isInside(square, 103.1, 35.8)).toBe(false)
  })
  it('measures the distance to the edge', () => {
    expect(edgeDistance(square, 102.9, 35.91)).toBeCloseTo(1113, 0)
  })
})

it('chooses a round scale', () => {
  expect(scaleBar(0.01, 100)).toBe(10_000)
  expect(scaleBar(0.013, 100)).toBe(5_000)
  expect(scaleBar(0.3, 100)).toBe(200)
})
