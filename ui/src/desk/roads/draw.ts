import type { GeoJSONSource, Map, MapMouseEvent } from 'maplibre-gl'
import { defineStore } from 'pinia'
import { computed, ref, shallowRef, watch } from 'vue'
import type { Point } from '../map/table'

export type DrawMode = 'none' | 'polygon' | 'line' | 'point'

/** A polygon, a line or one press: what a road state is laid on. `shape` is there when the drawing is finished. */
export const useDraw = defineStore('roadDraw', () => {
  const mode = ref<DrawMode>('none')
  const points = shallowRef<Point[]>([])
  const done = ref(false)
  const shape = computed<GeoJSON.Geometry | null>(() => (done.value ? shapeOf(mode.value, points.value) : null))
  function start(m: DrawMode) { mode.value = m; points.value = []; done.value = false }
  function finish() {
    if (shapeOf(mode.value, points.value)) done.value = true
  }
  return { mode, points, done, shape, start, finish, stop: () => start('none') }
})

/** Nothing while there are too few corners. */
export function shapeOf(mode: DrawMode, points: Point[]): GeoJSON.Geometry | null {
  if (mode === 'point') return points.length ? { type: 'Point', coordinates: points[0] } : null
  const p = points.filter((c, i) => i === 0 || c[0] !== points[i - 1][0] || c[1] !== points[i - 1][1])
  if (mode === 'line') return p.length > 1 ? { type: 'LineString', coordinates: p } : null
  return mode === 'polygon' && p.length > 2 ? { type: 'Polygon', coordinates: [[...p, p[0]]] } : null
}

const kNear_px = 8
/** Click corners; double click, Enter or the first corner finish; Backspace takes one back, Escape drops; corners can be dragged. */
export function attachDraw(map: Map): () => void {
  const draw = useDraw()
  let hover: Point | null = null
  let held = -1
  const at = (e: MapMouseEvent): Point => [e.lngLat.lng, e.lngLat.lat]
  const cornerAt = (e: MapMouseEvent) => draw.points.findIndex((p) => map.project(p).dist(e.point) < kNear_px)
  const drawing = () => draw.mode !== 'none' && !draw.done
  function show() {
    const source = map.getSource('drawn') as GeoJSONSource | undefined
    if (!source) return
    const live = hover && drawing() ? [...draw.points, hover] : draw.points
    const features: GeoJSON.Feature[] = draw.mode === 'none' ? [] : draw.points.map((c) => ({ type: 'Feature', properties: {}, geometry: { type: 'Point', coordinates: c } }))
    const shape = draw.mode === 'point' ? null : shapeOf(draw.mode, live) ?? shapeOf('line', live)
    if (shape && draw.mode !== 'none') features.push({ type: 'Feature', properties: {}, geometry: shape })
    source.setData({ type: 'FeatureCollection', features })
  }
  function click(e: MapMouseEvent) {
    if (draw.mode === 'point') { draw.points = [at(e)]; draw.done = true; return }
    if (!drawing()) return
    if (draw.mode === 'polygon' && draw.points.length > 2 && cornerAt(e) === 0) return draw.finish()
    const last = draw.points.at(-1)
    if (last && map.project(last).dist(e.point) < 3) return
    draw.points = [...draw.points, at(e)]
  }
  function move(e: MapMouseEvent) {
    if (held >= 0) { draw.points = draw.points.map((c, i) => (i === held ? at(e) : c)); return }
    if (draw.mode === 'none') return
    if (drawing() && draw.mode !== 'point') { hover = at(e); show() }
    map.getCanvas().style.cursor = draw.done && draw.mode !== 'point' ? (cornerAt(e) >= 0 ? 'move' : '') : 'crosshair'
  }
  let begun: Point[] = []
  function down(e: MapMouseEvent) {
    if (!draw.done || draw.mode === 'point' || draw.mode === 'none') return
    held = cornerAt(e)
    if (held < 0) return
    begun = draw.points
    e.preventDefault()
    map.dragPan.disable()
    // While a corner moves nothing is asked of the node.
    draw.done = false
  }
  function up() {
    if (held < 0) return
    held = -1
    map.dragPan.enable()
    if (draw.points !== begun) draw.points = [...draw.points]
    draw.finish()
  }
  function double(e: MapMouseEvent) { if (drawing()) { e.preventDefault(); hover = null; draw.finish() } }
  function keys(e: KeyboardEvent) {
    if (draw.mode === 'none' || (e.target as HTMLElement).closest('input, textarea, select, dialog')) return
    if (e.key === 'Enter' && drawing() && draw.points.length) { e.preventDefault(); hover = null; draw.finish() }
    else if (e.key === 'Escape') { e.preventDefault(); draw.start(draw.mode) }
    else if ((e.key === 'Backspace' || e.key === 'Delete') && drawing()) { e.preventDefault(); draw.points = draw.points.slice(0, -1) }
  }
  map.on('click', click); map.on('mousemove', move); map.on('mousedown', down); map.on('mouseup', up); map.on('dblclick', double); map.on('styledata', show)
  window.addEventListener('keydown', keys)
  const stop = watch(() => [draw.mode, draw.points, draw.done], () => { if (draw.mode === 'none' || draw.done) hover = null; if (draw.mode === 'none') map.getCanvas().style.cursor = ''; show() })
  return () => { stop(); window.removeEventListener('keydown', keys) }
}
