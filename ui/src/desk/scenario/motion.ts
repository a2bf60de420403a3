/** What one picture of a swaying building shows. Storeys are counted from the ground; times in seconds from the first row. */
import type { History } from './types'

export const secondsOf = (h: Pick<History, 'dt' | 'drift'>): number => Math.max(0, (h.drift.length - 1) * h.dt)
/** Displacement of every floor, the ground first, and the drift of every storey, between two rows. */
export function frameAt(h: Pick<History, 'dt' | 'drift' | 'displacement'>, time: number): { floors: number[]; drifts: number[] } {
  const at = Math.min(Math.max(0, time / h.dt), h.drift.length - 1)
  const i = Math.floor(at), k = Math.min(i + 1, h.drift.length - 1), w = at - i
  const mix = (a: number[], b: number[]) => a.map((x, j) => x + (b[j] - x) * w)
  return h.drift.length ? { floors: [0, ...mix(h.displacement[i], h.displacement[k])], drifts: mix(h.drift[i], h.drift[k]) } : { floors: [0], drifts: [] }
}
/** The largest drift of each storey up to `time`. */
export function peaksUntil(h: Pick<History, 'dt' | 'drift' | 'storeys'>, time = Infinity): number[] {
  const rows = Math.min(h.drift.length, Math.floor(time / h.dt) + 1)
  const peaks = Array<number>(h.storeys).fill(0)
  for (let i = 0; i < rows; i++) for (let j = 0; j < h.storeys; j++) peaks[j] = Math.max(peaks[j], Math.abs(h.drift[i][j]))
  return peaks
}
/** 0 intact … 4 destroyed, by the limits into slight, moderate, severe, destroyed. */
export const gradeOf = (drift: number, limits: number[]): number => limits.filter((l) => Math.abs(drift) >= l).length
/** 1, 2 or 5 times a power of ten; never below 1. */
export function niceScale(wanted: number): number {
  if (wanted <= 1) return 1
  const power = 10 ** Math.floor(Math.log10(wanted))
  return [5, 2, 1].find((n) => n * power <= wanted)! * power
}
/** How often displacements are magnified so that the farthest is a fifth of the building's height. */
export function scaleOf(h: Pick<History, 'displacement' | 'storeys' | 'storey_height_m'>): number {
  let far = 1e-6
  for (const row of h.displacement) for (const x of row) far = Math.max(far, Math.abs(x))
  return niceScale((0.2 * Math.max(2, h.storeys) * h.storey_height_m) / far)
}
/** A trace as the points of an SVG line: for every column the lowest and the highest sample. */
export function tracePoints(samples: number[], width: number, height: number): string {
  const most = samples.reduce((m, x) => Math.max(m, Math.abs(x)), 1e-9)
  const y = (x: number) => (height / 2 - (x / most) * (height / 2 - 1)).toFixed(1)
  const columns = Math.min(width, samples.length)
  return Array.from({ length: columns }, (_, c) => {
    const part = samples.slice(Math.floor((c * samples.length) / columns), Math.max(Math.floor(((c + 1) * samples.length) / columns), Math.floor((c * samples.length) / columns) + 1))
    const x = ((c / Math.max(1, columns - 1)) * width).toFixed(1)
    return `${x},${y(Math.max(...part))} ${x},${y(Math.min(...part))}`
  }).join(' ')
}
