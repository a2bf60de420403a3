import type { Chart } from '@shared/types'

/** [time, value]; null where the line is broken. */
export type Dot = [number, number | null]
export interface Series { mean: Dot[]; low: Dot[]; band: Dot[]; min: number; max: number; count: number }

/** A pause this many times the usual distance is a gap: readings may come late, buckets stand side by side. */
const kGapOfReadings = 2.6
const kGapOfBuckets = 1.5
function usual(points: number[][]): number {
  const steps = points.slice(1).map((p, i) => p[0] - points[i][0]).sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}
/**
 * Lines for the mean and the band between min and max (`band` is the height above `low`), broken where readings are
 * missing for longer than the link's interval or the width of the buckets allows.
 */
export function seriesOf(chart: Chart, interval_ms = 0): Series {
  const out: Series = { mean: [], low: [], band: [], min: Infinity, max: -Infinity, count: 0 }
  const points = chart.raw ? chart.points : chart.points.filter((p) => p[4] > 0)
  const step = Math.max(kGapOfReadings * interval_ms, (chart.raw ? kGapOfReadings : kGapOfBuckets) * usual(points))
  points.forEach((p, i) => {
    const before = points[i - 1]
    if (before && step > 0 && p[0] - before[0] > step) for (const line of [out.mean, out.low, out.band]) line.push([(before[0] + p[0]) / 2, null])
    const [low, mean, high] = chart.raw ? [p[1], p[1], p[1]] : [p[1], p[2], p[3]]
    out.mean.push([p[0], mean])
    if (!chart.raw) { out.low.push([p[0], low]); out.band.push([p[0], high - low]) }
    out.min = Math.min(out.min, low)
    out.max = Math.max(out.max, high)
    out.count += chart.raw ? 1 : p[4]
  })
  return out
}

/** Top and foot of the value axis: the readings, and of the limits the nearest on either side and those not far beyond. */
export function extent(s: Series, limits: number[]): { min: number; max: number } {
  if (!s.count) return limits.length ? around(Math.min(...limits), Math.max(...limits)) : { min: 0, max: 1 }
  const above = Math.min(...limits.filter((l) => l > s.max))
  const below = Math.max(...limits.filter((l) => l < s.min))
  let [min, max] = [s.min, s.max]
  if (Number.isFinite(above)) max = above
  if (Number.isFinite(below)) min = below
  const reach = (max - min) * 0.6
  const [top, foot] = [max + reach, min - reach]
  for (const l of limits) {
    if (l <= top) max = Math.max(max, l)
    if (l >= foot) min = Math.min(min, l)
  }
  return around(min, max, s.min >= 0)
}
function around(min: number, max: number, positive = false) {
  const air = (max - min || Math.abs(max) || 1) * 0.08
  return { min: positive ? Math.max(0, min - air) : min - air, max: max + air }
}
