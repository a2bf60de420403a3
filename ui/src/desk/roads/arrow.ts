/** Directions on the ground: bearings clockwise from north, and the arrow that shows and turns one. */
import type { Point } from '../map/table'

export const turned = (bearing: number): number => ((Math.round(bearing) % 360) + 360) % 360
/** From the middle of the arrow to the pointer, in window pixels (y grows downwards). */
export function bearingTo(dx: number, dy: number): number {
  return dx === 0 && dy === 0 ? 0 : turned((Math.atan2(dx, -dy) * 180) / Math.PI)
}
/** Along the ground, for the first guess: from the first corner of a line to its last. */
export function bearingAlong([x1, y1]: Point, [x2, y2]: Point): number {
  const r = Math.PI / 180
  return bearingTo((x2 - x1) * Math.cos(((y1 + y2) / 2) * r), -(y2 - y1))
}
/** Where the arrow stands: the middle of what the shape's corners span. */
export function middleOf(shape: GeoJSON.Geometry): Point | null {
  const box = [Infinity, Infinity, -Infinity, -Infinity]
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return
    if (typeof c[0] !== 'number') return c.forEach(visit)
    const [x, y] = c as Point
    box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y)
  }
  if ('coordinates' in shape) visit(shape.coordinates)
  return Number.isFinite(box[0]) ? [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2] : null
}
/** The shape's first and last corner give a direction; a point gives none. */
export function bearingOfShape(shape: GeoJSON.Geometry): number {
  if (shape.type !== 'LineString' || shape.coordinates.length < 2) return 0
  return bearingAlong(shape.coordinates[0] as Point, shape.coordinates.at(-1) as Point)
}
