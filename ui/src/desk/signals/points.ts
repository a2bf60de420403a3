import type { LinkStates } from '@shared/types'

/** What a point is shown as: 0 to 5 its state, 11 to 14 its level where it has one. */
export const kindOf = (state: number, level: number) => (level > 0 ? 10 + level : state)
/** From the most urgent down, as the legend lists them. */
export const kKinds = [14, 13, 12, 11, 1, 2, 3, 4, 5, 0]
/** From below upwards: what is calm lies under what is not. */
const kDrawn = [1, 0, 2, 5, 3, 4, 11, 12, 13, 14]
const kOrder = new Uint8Array(16)
kDrawn.forEach((k, i) => { kOrder[k] = i })
/** Beside the kind: its readings contradict those of its neighbours. */
export const kSuspect = 32

/**
 * Links as columns that a graphics card reads: x and y in the unit square of Mercator less an origin in their middle, so
 * that 32 bits tell centimetres within a county and metres within a province; one byte of kind and mark each.
 */
export interface Points { id: readonly number[]; origin: [number, number]; at: Float32Array; kind: Uint8Array; lon: readonly number[]; lat: readonly number[] }

const kLat_max = 85.05
export const mercatorX = (lon: number) => (180 + lon) / 360
export const mercatorY = (lat: number) => (180 - (180 / Math.PI) * Math.log(Math.tan(Math.PI / 4 + (Math.min(kLat_max, Math.max(-kLat_max, lat)) * Math.PI) / 360))) / 360

export function kindsInto(p: LinkStates, out: Uint8Array): Uint8Array {
  for (let i = 0; i < out.length; i++) out[i] = kindOf(p.state[i], p.level[i]) | (p.suspect?.[i] ? kSuspect : 0)
  return out
}
/** O(n). */
export function pointsOf(p: LinkStates): Points {
  const n = p.id.length
  const at = new Float32Array(n * 2)
  const b = boundsOfPoints(p)
  const origin: [number, number] = b ? [mercatorX((b[0] + b[2]) / 2), mercatorY((b[1] + b[3]) / 2)] : [0, 0]
  for (let i = 0; i < n; i++) { at[2 * i] = mercatorX(p.lon[i]) - origin[0]; at[2 * i + 1] = mercatorY(p.lat[i]) - origin[1] }
  return { id: p.id, origin, at, kind: kindsInto(p, new Uint8Array(n)), lon: p.lon, lat: p.lat }
}
/** How many are shown differently now; -1 when they are other links or stand elsewhere. Then `kind` is up to date. O(n). */
export function changeKinds(points: Points, p: LinkStates): number {
  if (points.id.length !== p.id.length) return -1
  let changed = 0
  for (let i = 0; i < p.id.length; i++) {
    if (points.id[i] !== p.id[i] || points.lon[i] !== p.lon[i] || points.lat[i] !== p.lat[i]) return -1
    const k = kindOf(p.state[i], p.level[i]) | (p.suspect?.[i] ? kSuspect : 0)
    if (k !== points.kind[i]) { points.kind[i] = k; changed++ }
  }
  return changed
}
/** Indices of those shown, in the order they are drawn: calm ones first, `last` (the chosen one) on top. O(n). */
export function drawOrder(kind: Uint8Array, hidden: readonly number[] = [], last = -1): Uint32Array {
  const off = new Uint8Array(16)
  for (const k of hidden) off[k & 15] = 1
  const starts = new Uint32Array(kDrawn.length + 1)
  for (let i = 0; i < kind.length; i++) if (!off[kind[i] & 15]) starts[kOrder[kind[i] & 15] + 1]++
  for (let k = 1; k < starts.length; k++) starts[k] += starts[k - 1]
  const shown = starts[kDrawn.length]
  const out = new Uint32Array(shown)
  for (let i = 0; i < kind.length; i++) if (!off[kind[i] & 15]) out[starts[kOrder[kind[i] & 15]]++] = i
  const at = last >= 0 ? out.indexOf(last) : -1
  if (at >= 0) { out.copyWithin(at, at + 1); out[shown - 1] = last }
  return out
}
/** Which point lies under a place of the map: of those within `reach` the one drawn on top; -1 for none. O(shown). */
export function pointAt(points: Points, order: Uint32Array, x: number, y: number, reach: number): number {
  const dx = x - points.origin[0], dy = y - points.origin[1]
  for (let i = order.length - 1; i >= 0; i--) {
    const px = points.at[2 * order[i]] - dx, py = points.at[2 * order[i] + 1] - dy
    if (px * px + py * py <= reach * reach) return order[i]
  }
  return -1
}
export function countKinds(p: LinkStates): Map<number, number> {
  const counts = new Uint32Array(16)
  for (let i = 0; i < p.id.length; i++) counts[kindOf(p.state[i], p.level[i])]++
  return new Map([...counts].map((n, k): [number, number] => [k, n]).filter(([, n]) => n))
}
export function boundsOfPoints(p: Pick<LinkStates, 'id' | 'lon' | 'lat'>): [number, number, number, number] | null {
  if (!p.id.length) return null
  const b: [number, number, number, number] = [180, 90, -180, -90]
  for (let i = 0; i < p.id.length; i++) {
    b[0] = Math.min(b[0], p.lon[i]); b[1] = Math.min(b[1], p.lat[i]); b[2] = Math.max(b[2], p.lon[i]); b[3] = Math.max(b[3], p.lat[i])
  }
  return b
}
