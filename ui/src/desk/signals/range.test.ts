import { describe, expect, it } from 'vitest'
import { bucketsFor, fitted, follows, last, moved, zoomed } from './range'

const now = Date.UTC(2026, 10, 22)
const day = 86_400_000
const length = (r: { from: number; until: number }) => r.until - r.from

describe('the range of a chart', () => {
  it('keeps the moment under the pointer where it is', () => {
    const before = { from: now - 10 * day, until: now - 2 * day }
    const at = now - 4 * day
    const after = zoomed(before, at, 0.5, now)
    expect(length(after)).toBe(4 * day)
    expect((at - after.from) / length(after)).toBeCloseTo((at - before.from) / length(before), 6)
  })
  it('goes from years to seconds and no further', () => {
    let r = last(10 * 365 * day, now)
    for (let i = 0; i < 80; i++) r = zoomed(r, now - 5 * day, 0.7, now)
    expect(length(r)).toBe(10_000)
    for (let i = 0; i < 120; i++) r = zoomed(r, r.from, 1.5, now)
    expect(length(r)).toBe(30 * 365 * day)
  })
  it('does not go into the future, and keeps its length there', () => {
    const r = moved(last(day, now), 5 * day, now)
    expect(r.until).toBeLessThanOrEqual(now + 60_000)
    expect(length(r)).toBe(day)
  })
  it('follows the present until it is moved away', () => {
    expect(follows(last(day, now), now)).toBe(true)
    expect(follows(moved(last(day, now), -day / 4, now), now)).toBe(false)
  })
  it('mends a range that is turned round or empty', () => expect(length(fitted({ from: now, until: now - day }, now))).toBe(10_000))
  it('asks for as many buckets as there is room', () => expect([bucketsFor(20), bucketsFor(800), bucketsFor(9000)]).toEqual([60, 400, 1000]))
})
