import type { GeoJSONSource, Map, MapMouseEvent } from 'maplibre-gl'
import { watch } from 'vue'
import { circlePoints, distanceKm, type Point, useMapTable } from './table'
import { levelColour } from './style'

/**
 * Drawing on the map. Polygon: click corners, close by double click, Enter or a click on the first corner; then drag corners,
 * pull a side's middle to add one, Delete or right click to remove one. Circle: click the centre, click the rim.
 */
export function attachSketch(map: Map): () => void {
  const table = useMapTable()
  let hover: Point | null = null
  let dragging = -1
  let over = -1

  const at = (e: MapMouseEvent): Point => [e.lngLat.lng, e.lngLat.lat]
  const hit = (e: MapMouseEvent, layer: string) => {
    if (!map.getLayer(layer)) return -1
    const f = map.queryRenderedFeatures([[e.point.x - 7, e.point.y - 7], [e.point.x + 7, e.point.y + 7]], { layers: [layer] })[0]
    return f ? Number(f.properties.index) : -1
  }

  function draw() {
    const source = map.getSource('sketch') as GeoJSONSource | undefined
    if (!source) return
    const colour = levelColour(table.sketchLevel)
    const p = table.sketch
    const features: GeoJSON.Feature[] = []
    const shape = (points: Point[], closed: boolean) => features.push({
      type: 'Feature', properties: { colour },
      geometry: closed && points.length > 2 ? { type: 'Polygon', coordinates: [[...points, points[0]]] } : { type: 'LineString', coordinates: points } })
    if (table.circle) shape(circlePoints(table.circle.lon, table.circle.lat, table.circle.radius_km), true)
    else if (table.sketchClosed) shape(p, true)
    else if (table.tool === 'polygon' && p.length) shape(hover ? [...p, hover] : p, p.length > 1)
    if (!table.circle) {
      p.forEach((c, i) => features.push({ type: 'Feature', properties: { kind: 'vertex', index: i, size: p.length > 12 ? 4 : 6 }, geometry: { type: 'Point', coordinates: c } }))
      if (table.sketchClosed) p.forEach((c, i) => {
        const n = p[(i + 1) % p.length]
        features.push({ type: 'Feature', properties: { kind: 'mid', index: i }, geometry: { type: 'Point', coordinates: [(c[0] + n[0]) / 2, (c[1] + n[1]) / 2] } })
      })
    }
    source.setData({ type: 'FeatureCollection', features })
  }

  function close() {
    const p = table.sketch.filter((c, i, all) => i === 0 || map.project(c).dist(map.project(all[i - 1])) > 3)
    if (p.length < 3) return
    hover = null
    table.setSketch(p, true)
  }
  function click(e: MapMouseEvent) {
    if (table.tool === 'polygon' && !table.sketchClosed) {
      if (table.sketch.length > 2 && hit(e, 'sketchVertex') === 0) return close()
      table.setSketch([...table.sketch, at(e)], false)
    } else if (table.tool === 'circle') {
      const c = table.circle
      if (!c || centreSet === false) { table.circle = { lon: at(e)[0], lat: at(e)[1], radius_km: 0.1 }; centreSet = true }
      else { centreSet = false; table.circle = { ...c, radius_km: Math.max(0.1, distanceKm([c.lon, c.lat], at(e))) }; table.tool = 'none' }
    }
  }
  let centreSet = false
  function move(e: MapMouseEvent) {
    if (dragging >= 0) {
      table.sketch = table.sketch.map((c, i) => (i === dragging ? at(e) : c))
      return
    }
    if (table.tool === 'polygon' && !table.sketchClosed) { hover = at(e); draw() }
    if (table.tool === 'circle' && centreSet && table.circle) table.circle = { ...table.circle, radius_km: Math.max(0.1, distanceKm([table.circle.lon, table.circle.lat], at(e))) }
    over = table.sketchClosed ? hit(e, 'sketchVertex') : -1
    map.getCanvas().style.cursor = table.tool === 'polygon' && !table.sketchClosed || table.tool === 'circle' ? 'crosshair' : over >= 0 || (table.sketchClosed && hit(e, 'sketchMid') >= 0) ? 'move' : table.tool === 'places' ? 'pointer' : ''
  }
  function down(e: MapMouseEvent) {
    if (!table.sketchClosed || table.circle) return
    let i = hit(e, 'sketchVertex')
    if (i < 0) {
      const mid = hit(e, 'sketchMid')
      if (mid < 0) return
      i = mid + 1
      table.setSketch([...table.sketch.slice(0, i), at(e), ...table.sketch.slice(i)], true)
    } else table.setSketch([...table.sketch], true)
    dragging = i
    e.preventDefault()
    map.dragPan.disable()
  }
  function up() {
    if (dragging < 0) return
    dragging = -1
    map.dragPan.enable()
    table.sketch = [...table.sketch]
    table.sketchClosed = true
    dropped()
  }
  /** The editor listens to this: corners in motion are not sent to the node. */
  function dropped() { table.undoable = [...table.undoable] }
  function removeCorner(i: number) {
    if (i >= 0 && table.sketch.length > 3) table.setSketch(table.sketch.filter((_, k) => k !== i), table.sketchClosed)
  }
  function double(e: MapMouseEvent) {
    if (table.tool === 'polygon' && !table.sketchClosed) { e.preventDefault(); close() }
  }
  function menu(e: MapMouseEvent) { if (table.sketchClosed) removeCorner(hit(e, 'sketchVertex')) }
  function keys(e: KeyboardEvent) {
    if ((e.target as HTMLElement).closest('input, textarea, select, dialog')) return
    if (e.key === 'Enter' && table.tool === 'polygon' && !table.sketchClosed) { e.preventDefault(); close() }
    else if (e.key === 'Escape' && table.tool !== 'none') { if (table.tool === 'polygon' && !table.sketchClosed) table.clearSketch(); centreSet = false; table.tool = 'none'; draw() }
    else if ((e.key === 'Backspace' || e.key === 'Delete') && table.tool === 'polygon' && !table.sketchClosed) table.undo()
    else if (e.key === 'Delete' && over >= 0) removeCorner(over)
    else if ((e.ctrlKey || e.metaKey) && e.key === 'z' && table.undoable.length) { e.preventDefault(); table.undo() }
  }
  map.on('click', click); map.on('mousemove', move); map.on('mousedown', down); map.on('mouseup', up); map.on('dblclick', double); map.on('contextmenu', menu)
  map.on('styledata', draw)
  window.addEventListener('keydown', keys)
  const stop = watch(() => [table.sketch, table.sketchClosed, table.tool, table.circle, table.sketchLevel], draw)
  return () => { stop(); window.removeEventListener('keydown', keys) }
}
