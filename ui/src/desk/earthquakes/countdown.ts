/** Where the fronts are, who is still ahead of them, and for how long. Times are of the node's clock. */
import { distanceKm, type Point } from '../map/table'
import type { Arrival, Arrivals } from './types'

/** Radius on the ground, km, of a front that leaves a hypocentre `depth_km` below at `origin`; 0 before it comes up. */
export function frontKm(now: number, origin: number, kms: number, depth_km: number): number {
  const way = (kms * (now - origin)) / 1000
  return way <= depth_km ? 0 : Math.sqrt(way * way - depth_km * depth_km)
}
/** Whole seconds that are really left: rounded down, null once it is there. */
export function secondsLeft(arrives: number, now: number): number | null {
  return arrives > now ? Math.floor((arrives - now) / 1000) : null
}
export const isRunning = (a: Pick<Arrivals, 'items'>, now: number): boolean => a.items.some((x) => x.s_arrives > now)
/** Those still ahead first, the next to be reached on top; then those reached, the last first. */
export function byArrival(items: Arrival[], now: number): Arrival[] {
  return [...items].sort((a, b) => {
    const [left, right] = [a.s_arrives > now, b.s_arrives > now]
    return left === right ? (left ? a.s_arrives - b.s_arrives : b.s_arrives - a.s_arrives) : left ? -1 : 1
  })
}
/** What a desk that watches over `place` is told: the strongest shaking there, the first arrival still to come. */
export function forPlace(items: Arrival[], place: string): Arrival | null {
  const own = items.filter((a) => a.place.startsWith(place) || place.startsWith(a.place))
  return own.reduce<Arrival | null>((best, a) => (!best || a.intensity > best.intensity || (a.intensity === best.intensity && a.s_arrives < best.s_arrives) ? a : best), null)
}
/** Until when a strip on every page makes sense: the last of those places is reached, or a minute and a half after the quake. */
export const kStripAfter_ms = 20_000
export const stripUntil = (origin: number, last: number | null): number => (last ?? origin + 90_000) + kStripAfter_ms

/** The ring of a circle on the ground for a map in Mercator: enough corners to look round. */
export function groundCircle([lon, lat]: Point, km: number, corners = 96): Point[] {
  const angle = km / 6371
  const r = Math.PI / 180
  return Array.from({ length: corners + 1 }, (_, i) => {
    const bearing = (i / corners) * 2 * Math.PI
    const y = Math.asin(Math.sin(lat * r) * Math.cos(angle) + Math.cos(lat * r) * Math.sin(angle) * Math.cos(bearing))
    const x = lon * r + Math.atan2(Math.sin(bearing) * Math.sin(angle) * Math.cos(lat * r), Math.cos(angle) - Math.sin(lat * r) * Math.sin(y))
    return [x / r, y / r]
  })
}
export const distanceOf = (a: { lon: number; lat: number }, b: { lon: number; lat: number }): number => distanceKm([a.lon, a.lat], [b.lon, b.lat])
