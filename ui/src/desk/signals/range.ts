/** The stretch of time that a chart shows, in UTC milliseconds. */
export interface Range { from: number; until: number }

const kShortest_ms = 10_000
const kLongest_ms = 30 * 365 * 86_400_000
const kAhead_ms = 60_000

/** No shorter than ten seconds, no longer than thirty years, and not into the future. */
export function fitted(r: Range, now: number): Range {
  const length = Math.min(kLongest_ms, Math.max(kShortest_ms, r.until - r.from))
  const middle = (r.from + r.until) / 2
  const until = Math.min(middle + length / 2, now + Math.min(kAhead_ms, length / 20))
  return { from: Math.round(until - length), until: Math.round(until) }
}
/** Longer (factor above 1) or shorter around the moment `at`, which stays where it is on the screen. */
export function zoomed(r: Range, at: number, factor: number, now: number): Range {
  const asked = (r.until - r.from) * factor
  const length = Math.min(kLongest_ms, Math.max(kShortest_ms, asked))
  const share = Math.min(1, Math.max(0, (at - r.from) / (r.until - r.from)))
  return fitted({ from: at - share * length, until: at + (1 - share) * length }, now)
}
export const moved = (r: Range, by: number, now: number): Range => fitted({ from: r.from + by, until: r.until + by }, now)
/** Shows the present: new readings move it along. */
export const follows = (r: Range, now: number) => r.until >= now - (r.until - r.from) / 50
export const last = (length: number, now: number): Range => fitted({ from: now - length, until: now }, now)
/** As many buckets as the eye can tell apart. */
export const bucketsFor = (width_px: number) => Math.min(1000, Math.max(60, Math.round(width_px / 2)))
