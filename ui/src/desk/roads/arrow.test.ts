import { describe, expect, it } from 'vitest'
import { bearingAlong, bearingOfShape, bearingTo, middleOf, turned } from './arrow'

describe('the arrow of a one-way road', () => {
  it('points where the pointer is, clockwise from north', () => {
    expect([bearingTo(0, -10), bearingTo(10, 0), bearingTo(0, 10), bearingTo(-10, 0)]).toEqual([0, 90, 180, 270])
    expect(bearingTo(10, -10)).toBe(45)
    expect(bearingTo(0, 0)).toBe(0)
    expect([turned(-10), turned(360), turned(725.4)]).toEqual([350, 0, 5])
  })
  it('begins along the line that was drawn, on the ground and not on the sheet', () => {
    expect(bearingAlong([103, 35], [103, 36])).toBe(0)
    expect(bearingAlong([103, 35], [104, 35])).toBe(90)
    expect(bearingAlong([103, 60], [104, 60.5])).toBe(45)
    expect(bearingOfShape({ type: 'LineString', coordinates: [[103, 35], [103.5, 35.2], [103, 34]] })).toBe(180)
    expect(bearingOfShape({ type: 'Point', coordinates: [103, 35] })).toBe(0)
  })
  it('stands in the middle of the shape', () => {
    expect(middleOf({ type: 'Polygon', coordinates: [[[1, 1], [3, 1], [3, 5], [1, 1]]] })).toEqual([2, 3])
    expect(middleOf({ type: 'Point', coordinates: [7, 8] })).toEqual([7, 8])
    expect(middleOf({ type: 'MultiLineString', coordinates: [] })).toBeNull()
  })
})
