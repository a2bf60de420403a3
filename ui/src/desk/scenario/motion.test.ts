import { describe, expect, it } from 'vitest'
import { frameAt, gradeOf, niceScale, peaksUntil, scaleOf, secondsOf, tracePoints } from './motion'

const h = { dt: 0.5, storeys: 2, storey_height_m: 3, displacement: [[0, 0], [0.1, 0.2], [-0.2, -0.1]], drift: [[0, 0], [0.03, 0.01], [-0.06, 0.03]] }

describe('a moment of the history', () => {
  it('lies between two rows, the ground at rest below', () => { expect(frameAt(h, 0.25).floors).toEqual([0, 0.05, 0.1]); expect(frameAt(h, 0.75).drifts[0]).toBeCloseTo(-0.015, 9) })
  it('stays inside the history', () => { expect(frameAt(h, -1).floors).toEqual([0, 0, 0]); expect(frameAt(h, 99).floors).toEqual([0, -0.2, -0.1]); expect(secondsOf(h)).toBe(1) })
  it('is empty without rows', () => expect(frameAt({ dt: 0.1, drift: [], displacement: [] }, 1)).toEqual({ floors: [0], drifts: [] }))
})
describe('peaks', () => {
  it('grow with time', () => { expect(peaksUntil(h, 0.5)).toEqual([0.03, 0.01]); expect(peaksUntil(h)).toEqual([0.06, 0.03]) })
  it('are graded by the limits into each grade', () => expect([0.001, 0.0024, -0.006, 0.02, 0.5].map((d) => gradeOf(d, [0.0024, 0.0048, 0.012, 0.028]))).toEqual([0, 1, 2, 3, 4]))
})
describe('what is magnified', () => {
  it('by a number that can be said', () => expect([0.3, 1.9, 4.9, 37, 800].map(niceScale)).toEqual([1, 1, 2, 20, 500]))
  it('so that the farthest is a fifth of the height', () => expect(scaleOf(h)).toBe(5))
  it('even where nothing moves', () => expect(Number.isFinite(scaleOf({ ...h, displacement: [[0, 0]] }))).toBe(true))
})
describe('a trace', () => {
  it('keeps every peak, however many samples share a column', () => {
    const samples = Array.from({ length: 10_000 }, (_, i) => (i === 4321 ? 10 : i === 7000 ? -10 : 0))
    const heights = tracePoints(samples, 100, 20).split(' ').map((p) => Number(p.split(',')[1]))
    expect(Math.min(...heights)).toBe(1)
    expect(Math.max(...heights)).toBe(19)
  })
})
