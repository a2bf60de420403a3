import { describe, expect, it } from 'vitest'
import { distanceKm } from '../map/table'
import { byArrival, forPlace, frontKm, groundCircle, isRunning, kStripAfter_ms, secondsLeft, stripUntil } from './countdown'
import type { Arrival } from './types'

const town = (place: string, s_arrives: number, intensity = 6): Arrival => ({ place, name: place, lon: 0, lat: 0, intensity, colour: 'orange', s_arrives, p_arrives: s_arrives / 2 })

describe('fronts', () => {
  it('stay below ground until they come up', () => expect([frontKm(1000, 1000, 6, 10), frontKm(2500, 1000, 6, 10)]).toEqual([0, 0]))
  it('are a side of the triangle with the depth', () => expect(frontKm(11_000, 1000, 3.5, 21)).toBeCloseTo(28, 6))
  it('are circles on the ground', () => { for (const p of groundCircle([102.8, 35.7], 120)) expect(distanceKm([102.8, 35.7], p)).toBeCloseTo(120, 3) })
  it('close', () => expect(groundCircle([0, 0], 10).at(-1)![1]).toBeCloseTo(groundCircle([0, 0], 10)[0][1], 9))
})
describe('seconds', () => {
  it('are rounded down and never below nothing', () => expect([secondsLeft(5999, 1000), secondsLeft(1999, 1000), secondsLeft(1000, 1000), secondsLeft(0, 1000)]).toEqual([4, 0, null, null]))
  it('run while somebody is ahead', () => expect([isRunning({ items: [town('a', 500), town('b', 1500)] }, 1000), isRunning({ items: [town('a', 500)] }, 1000)]).toEqual([true, false]))
  it('put the next on top and those reached below, the last first', () => expect(byArrival([town('a', 100), town('b', 3000), town('c', 900), town('d', 2000)], 1000).map((x) => x.place)).toEqual(['d', 'b', 'c', 'a']))
})
describe('the strip', () => {
  it('speaks of the strongest shaking of the place it watches', () => {
    const items = [town('622927101', 100, 6), town('622927102', 200, 7.5), town('622901001', 50, 9)]
    expect(forPlace(items, '622927')!.place).toBe('622927102')
    expect(forPlace(items, '622927101204')!.place).toBe('622927101')
    expect(forPlace(items, '51')).toBeNull()
  })
  it('stays until it has arrived, and a little more', () => expect([stripUntil(0, 30_000), stripUntil(0, null)]).toEqual([30_000 + kStripAfter_ms, 90_000 + kStripAfter_ms]))
})
