/**
 * A sketch of the warning area for a small screen: positions (WGS 84 degrees) on a plane that is true at its middle
 * (equirectangular, error below 0.5 % over 100 km), north up. Lengths in metres and pixels as named.
 */
import type { Area } from './ask'

export interface Point {
  x: number
  y: number
}

export interface Sketch {
  /** SVG path of the area, holes included (fill-rule evenodd). */
  path: string
  at(lon: number, lat: number): Point
  px_per_m: number
}

const kMetresPerDegree = 111_320
const kVerticesMax = 20_000

export function polygonsOf(area: Area | null | undefined): number[][][][] {
  if (!area) return []
  return area.type === 'Polygon' ? [area.coordinates as number[][][]] : (area.coordinates as number[][][][])
}

/** Fits the area and the marks into a box; null when there is nothing to draw. Vertices closer than 0.7 px are left out. */
export function sketch(area: Area | null | undefined, marks: [number, number][], width_px: number, height_px: number, margin_px: number): Sketch | null {
  const rings = polygonsOf(area).flat()
  let west = Infinity
  let south = Infinity
  let east = -Infinity
  let north = -Infinity
  const see = (lon: number, lat: number) => {
    west = Math.min(west, lon)
    east = Math.max(east, lon)
    south = Math.min(south, lat)
    north = Math.max(north, lat)
  }
  for (const ring of rings) for (const p of ring) see(p[0]!, p[1]!)
  for (const [lon, lat] of marks) see(lon, lat)
  if (!Number.isFinite(west + east + south + north)) return null

  const middle = (south + north) / 2
  const metres_x = kMetresPerDegree * Math.cos((middle * Math.PI) / 180)
  const span_x = Math.max(500, (east - west) * metres_x)
  const span_y = Math.max(500, (north - south) * kMetresPerDegree)
  const px_per_m = Math.min((width_px - 2 * margin_px) / span_x, (height_px - 2 * margin_px) / span_y)
  const at = (lon: number, lat: number): Point => ({
    x: width_px / 2 + (lon - (west + east) / 2) * metres_x * px_per_m,
    y: height_px / 2 - (lat - middle) * kMetresPerDegree * px_per_m,
  })

  let left = kVerticesMax
  let path = ''
  for (const ring of rings) {
    let last: Point | null = null
    let command = 'M'
    for (const p of ring) {
      if (left <= 0) break
      const q = at(p[0]!, p[1]!)
      if (last && Math.abs(q.x - last.x) + Math.abs(q.y - last.y) < 0.7) continue
      path += `${command}${q.x.toFixed(1)} ${q.y.toFixed(1)}`
      command = 'L'
      last = q
      left -= 1
    }
    if (last) path += 'Z'
  }
  return { path, at, px_per_m }
}

/** Even-odd rule over all rings. */
export function isInside(area: Area | null | undefined, lon: number, lat: number): boolean {
  let inside = false
  for (const ring of polygonsOf(area).flat()) {
    for (let i = 0, j = ring.length - 1; i < ring.length; j = i++) {
      const [xi, yi] = ring[i] as [number, number]
      const [xj, yj] = ring[j] as [number, number]
      if (yi > lat !== yj > lat && lon < ((xj - xi) * (lat - yi)) / (yj - yi) + xi) inside = !inside
    }
  }
  return inside
}

/** Metres from a position to the nearest edge. */
export function edgeDistance(area: Area | null | undefined, lon: number, lat: number): number {
  const metres_x = kMetresPerDegree * Math.cos((lat * Math.PI) / 180)
  let least = Infinity
  for (const ring of polygonsOf(area).flat()) {
    for (let i = 1; i < ring.length; ++i) {
      const ax = (ring[i - 1]![0]! - lon) * metres_x
      const ay = (ring[i - 1]![1]! - lat) * kMetresPerDegree
      const bx = (ring[i]![0]! - lon) * metres_x
      const by = (ring[i]![1]! - lat) * kMetresPerDegree
      const length2 = (bx - ax) ** 2 + (by - ay) ** 2
      const t = length2 ? Math.max(0, Math.min(1, -(ax * (bx - ax) + ay * (by - ay)) / length2)) : 0
      least = Math.min(least, Math.hypot(ax + t * (bx - ax), ay + t * (by - ay)))
    }
  }
  return least
}

/** The longest of 1, 2, 5 × 10ⁿ metres that fits. */
export function scaleBar(px_per_m: number, width_px_max: number): number {
  const most = width_px_max / px_per_m
  const power = 10 ** Math.floor(Math.log10(most))
  return [5, 2, 1].map((n) => n * power).find((m) => m <= most) ?? power
}
