import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { BoardPlace, Geometry, Level } from '@shared/types'

export type Tool = 'none' | 'polygon' | 'circle' | 'places'
export type Point = [number, number]
export interface AreaOnMap { id: number; geometry: Geometry; level: Level; on: boolean }
export interface Picked { place?: { code: string; name: string; level: string }; record?: { id: number; type: string; name: string }; at: Point }

/** What lies on the one map. Pages put things here; MapView draws them and reports clicks and drawings. */
export const useMapTable = defineStore('map', () => {
  const areas = shallowRef<AreaOnMap[]>([])
  const rings = shallowRef<BoardPlace[]>([])
  const recordTypes = ref<string[]>([])
  const showPlaces = ref(true)
  const baseMap = ref('')
  const wideRight = ref(false)

  const tool = ref<Tool>('none')
  const sketch = shallowRef<Point[]>([])
  const sketchClosed = ref(false)
  const sketchLevel = ref<Level>('orange')
  const undoable = shallowRef<{ points: Point[]; closed: boolean }[]>([])
  const focus = shallowRef<{ bounds?: number[]; at?: Point; zoom?: number } | null>(null)
  const picked = shallowRef<Picked | null>(null)
  const circle = shallowRef<{ lon: number; lat: number; radius_km: number } | null>(null)

  function setSketch(points: Point[], closed: boolean) {
    undoable.value = [...undoable.value.slice(-50), { points: sketch.value, closed: sketchClosed.value }]
    sketch.value = points
    sketchClosed.value = closed
  }
  function undo() {
    const before = undoable.value.at(-1)
    if (!before) return
    undoable.value = undoable.value.slice(0, -1)
    sketch.value = before.points
    sketchClosed.value = before.closed
  }
  function clearSketch() {
    sketch.value = []
    sketchClosed.value = false
    undoable.value = []
    circle.value = null
  }
  function see(geometry: Geometry) { focus.value = { bounds: boundsOf(geometry) } }
  function reset() {
    areas.value = []
    rings.value = []
    tool.value = 'none'
    wideRight.value = false
    clearSketch()
  }
  return { areas, rings, recordTypes, showPlaces, baseMap, wideRight, tool, sketch, sketchClosed, sketchLevel, undoable, focus, picked, circle, setSketch, undo, clearSketch, see, reset }
})

export function boundsOf(g: Geometry): number[] {
  const b = [180, 90, -180, -90]
  const visit = (c: unknown): void => {
    if (!Array.isArray(c)) return
    if (typeof c[0] === 'number') {
      const [x, y] = c as Point
      b[0] = Math.min(b[0], x); b[1] = Math.min(b[1], y); b[2] = Math.max(b[2], x); b[3] = Math.max(b[3], y)
    } else c.forEach(visit)
  }
  visit(g.coordinates)
  return b
}
/** Distance on a sphere, in km. */
export function distanceKm([x1, y1]: Point, [x2, y2]: Point): number {
  const r = Math.PI / 180
  const a = Math.sin(((y2 - y1) * r) / 2) ** 2 + Math.cos(y1 * r) * Math.cos(y2 * r) * Math.sin(((x2 - x1) * r) / 2) ** 2
  return 12_742 * Math.asin(Math.sqrt(a))
}
/** A circle as 64 points, for showing while it is being drawn; the node makes the real one. */
export function circlePoints(lon: number, lat: number, km: number): Point[] {
  const dy = km / 111.195
  const dx = dy / Math.max(0.01, Math.cos((lat * Math.PI) / 180))
  return Array.from({ length: 64 }, (_, i) => [lon + dx * Math.cos((i / 32) * Math.PI), lat + dy * Math.sin((i / 32) * Math.PI)])
}
