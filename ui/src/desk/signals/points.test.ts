import { describe, expect, it } from 'vitest'
import type { LinkStates } from '@shared/types'
import { boundsOfPoints, changeKinds, countKinds, drawOrder, kSuspect, mercatorX, mercatorY, pointAt, pointsOf } from './points'

const states = (more: Partial<LinkStates> = {}): LinkStates => ({ id: [1, 2, 3], lon: [102, 103, 104], lat: [35, 36, 34], state: [1, 3, 1], level: [0, 0, 4], ...more })

describe('links on the map', () => {
  it('are shown by level before state', () => expect([...pointsOf(states()).kind]).toEqual([1, 3, 14]))
  it('carry the mark of those that contradict their neighbours', () => expect([...pointsOf(states({ suspect: [0, 1, 0] })).kind]).toEqual([1, 3 | kSuspect, 14]))
  it('are counted for the legend', () => expect([...countKinds(states())].sort()).toEqual([[1, 1], [14, 1], [3, 1]]))
  it('change in place, and only what changed', () => {
    const p = pointsOf(states())
    expect(changeKinds(p, states())).toBe(0)
    expect(changeKinds(p, states({ state: [1, 1, 5], level: [2, 0, 4] }))).toBe(2)
    expect([...p.kind]).toEqual([12, 1, 14])
  })
  it('are made anew when they are others or have moved', () => {
    expect(changeKinds(pointsOf(states()), states({ id: [1, 2, 4] }))).toBe(-1)
    expect(changeKinds(pointsOf(states()), states({ lon: [102, 103, 105] }))).toBe(-1)
    expect(changeKinds(pointsOf(states()), states({ id: [1] }))).toBe(-1)
  })
  it('lie over each other by urgency, the chosen one on top, without those that are hidden', () => {
    const kind = new Uint8Array([14, 1, 3 | kSuspect, 11, 1])
    expect([...drawOrder(kind)]).toEqual([1, 4, 2, 3, 0])
    expect([...drawOrder(kind, [1], 2)]).toEqual([3, 0, 2])
    expect([...drawOrder(kind, [3], 2)]).toEqual([1, 4, 3, 0])
    expect([...drawOrder(new Uint8Array(0))]).toEqual([])
  })
  it('are found under the pointer, the upper one of two', () => {
    const p = pointsOf(states({ lon: [102, 102, 104], lat: [35, 35, 34] }))
    const order = drawOrder(p.kind)
    expect(pointAt(p, order, mercatorX(102), mercatorY(35), 1e-5)).toBe(1)
    expect(pointAt(p, order, mercatorX(104), mercatorY(34), 1e-5)).toBe(2)
    expect(pointAt(p, order, mercatorX(103), mercatorY(35), 1e-5)).toBe(-1)
  })
  it('stand within half a metre of where they are, over ten degrees', () => {
    const p = pointsOf(states({ lon: [97.123456, 103, 107.654321], lat: [32.123456, 36, 39.654321] }))
    const metre = 1 / (40_075_016 * Math.cos((39 * Math.PI) / 180))
    p.lon.forEach((lon, i) => {
      expect(Math.abs(p.at[2 * i] + p.origin[0] - mercatorX(lon))).toBeLessThan(0.5 * metre)
      expect(Math.abs(p.at[2 * i + 1] + p.origin[1] - mercatorY(p.lat[i]))).toBeLessThan(0.5 * metre)
    })
  })
  it('have bounds', () => expect(boundsOfPoints(states())).toEqual([102, 34, 104, 36]))
})
