import { createPinia, setActivePinia } from 'pinia'
import { beforeEach, describe, expect, it } from 'vitest'
import { boundsOf, circlePoints, distanceKm, useMapTable } from './table'

describe('map table', () => {
  beforeEach(() => setActivePinia(createPinia()))
  it('measures on a sphere', () => expect(distanceKm([103, 35], [103, 36])).toBeCloseTo(111.19, 1))
  it('draws circles of the radius asked for', () => { for (const p of circlePoints(103, 35.6, 10)) expect(distanceKm([103, 35.6], p)).toBeCloseTo(10, 1) })
  it('finds bounds of nested rings', () => expect(boundsOf({ type: 'MultiPolygon', coordinates: [[[[1, 2], [3, 4], [1, 2]]], [[[-1, 0], [2, 9], [-1, 0]]]] })).toEqual([-1, 0, 3, 9]))
  it('takes corners back one by one', () => {
    const table = useMapTable()
    table.setSketch([[1, 1]], false)
    table.setSketch([[1, 1], [2, 2]], false)
    table.undo()
    expect(table.sketch).toEqual([[1, 1]])
    table.undo()
    table.undo()
    expect(table.sketch).toEqual([])
  })
})
