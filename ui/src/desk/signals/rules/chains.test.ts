import { describe, expect, it } from 'vitest'
import type { AlarmRule, Chain } from '@shared/types'
import { follows, kEarthquake, picture } from './chains'

const chain = (id: string, from: string, steps = 1): Chain => ({ id, zh: id, en: id, hazard: 'x', source: '', verified: true, from, to: 'dam', steps: Array.from({ length: steps }, () => ({ level: 'red' as const })) })
const chains = [chain('slopes', 'rain', 2), chain('villages', 'slopes'), chain('rivers', 'rain'), chain('dams', kEarthquake, 3)]

describe('the picture of chains', () => {
  it('goes from left to right, what follows beside what it follows from', () => {
    const { boxes, arrows, width, height } = picture(chains, 1200)
    const at = Object.fromEntries(boxes.map((b) => [b.key, b]))
    expect(boxes).toHaveLength(6)
    expect(arrows).toHaveLength(4)
    expect(at.slopes.x).toBeGreaterThan(at['from rain'].x + at['from rain'].w)
    expect(at.villages.x).toBeGreaterThan(at.slopes.x)
    expect(at.slopes.y).toBe(at['from rain'].y)
    expect(at.rivers.y).toBeGreaterThan(at.slopes.y + at.slopes.h)
    expect(at['from earthquake'].y).toBeGreaterThan(at.rivers.y + at.rivers.h)
    expect([width, height]).toEqual([Math.max(...boxes.map((b) => b.x + b.w)), Math.max(...boxes.map((b) => b.y + b.h))])
  })
  it('wraps on a phone: nothing is wider than the window, nothing lies on another', () => {
    const { boxes } = picture(chains, 330)
    for (const b of boxes) expect(b.x + b.w).toBeLessThanOrEqual(330)
    const by = [...boxes].sort((a, b) => a.y - b.y)
    by.slice(1).forEach((b, i) => expect(b.y).toBeGreaterThanOrEqual(by[i].y + by[i].h))
  })
  it('fits beside the list of a small screen', () => expect(picture(chains, 957).width).toBeLessThanOrEqual(957))
  it('survives a circle and nothing at all', () => {
    expect(picture([], 900)).toMatchObject({ boxes: [], width: 0, height: 0 })
    expect(picture([chain('a', 'b'), chain('b', 'a')], 900).boxes).toEqual([])
    expect(picture([chain('a', 'x'), chain('b', 'a')], 900).boxes).toHaveLength(3)
  })
  it('knows what a rule sets off', () => {
    expect(follows(chains, { id: 'rain' } as AlarmRule).map((c) => c.id)).toEqual(['slopes', 'villages', 'rivers'])
    expect(follows(chains, { id: 'gas' } as AlarmRule)).toEqual([])
  })
})
