/** The map of roads: the desk's ground without records, the network, what a page lays on it, and the drawing. */
import type { Map, StyleSpecification } from 'maplibre-gl'
import { css } from '../map/style'
import { roadTiles } from './api'
import { kStateKinds, type StateKind } from './types'

/**
 * Kinds of road states. Warning colours mean level and nothing else, so these are told apart by other colours, by the
 * pattern of the line and by a sign along it.
 */
export const stateColour = (kind: StateKind) => css(`--road-${kind}`)
const kDash: Record<StateKind, number[] | undefined> = { closed: undefined, slow: [2.2, 1.2], weight: [0.6, 1.2], one_way: undefined }
const empty = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } }
const tone = () => ['match', ['get', 'tone'], 'accent', css('--accent'), 'quiet', css('--text-3'), 'text', css('--text'), ...kStateKinds.flatMap((k) => [k, stateColour(k)]), css('--accent')] as never

export function withRoads(style: StyleSpecification): StyleSpecification {
  const kept = style.layers.filter((l) => !['record', 'ring', 'areaFill', 'areaLine'].includes(l.id) && !l.id.startsWith('sketch'))
  const names = kept.findIndex((l) => l.id === 'villageDot')
  const big = ['in', ['get', 'class'], ['literal', ['motorway', 'trunk', 'motorway_link', 'trunk_link']]] as never
  const mid = ['in', ['get', 'class'], ['literal', ['primary', 'secondary', 'primary_link', 'secondary_link']]] as never
  const { records: _records, areas: _areas, rings: _rings, sketch: _sketch, ...sources } = style.sources
  const width = (k: number) => ['interpolate', ['linear'], ['zoom'], 8, ['case', big, 1.2 * k, mid, 0.7 * k, 0.3 * k], 13, ['case', big, 3.2 * k, mid, 2.2 * k, 1.1 * k], 17, ['case', big, 8 * k, mid, 6.5 * k, 4.5 * k]] as never
  return {
    ...style,
    sources: { ...sources, roadNet: { type: 'vector', tiles: [roadTiles()], minzoom: 6, maxzoom: 14 }, fills: empty, lines: empty, dots: empty, pieces: empty, drawn: empty },
    layers: [
      ...kept.slice(0, names),
      { id: 'fill', type: 'fill', source: 'fills', paint: { 'fill-color': css('--accent'), 'fill-opacity': ['get', 'opacity'] } },
      { id: 'fillEdge', type: 'line', source: 'fills', paint: { 'line-color': css('--accent'), 'line-width': ['get', 'edge'] as never, 'line-opacity': 0.85 } },
      { id: 'road', type: 'line', source: 'roadNet', 'source-layer': 'roads', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': ['case', big, css('--road-big'), mid, css('--road-mid'), css('--road-small')], 'line-width': width(1) } },
      { id: 'lineCase', type: 'line', source: 'lines', layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': css('--map-land'), 'line-width': ['+', ['get', 'width'], 3] as never, 'line-opacity': ['case', ['get', 'dashed'], 0, 0.9] as never } },
      { id: 'line_', type: 'line', source: 'lines', filter: ['!', ['get', 'dashed']], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': tone(), 'line-width': ['get', 'width'] } },
      { id: 'lineDashed', type: 'line', source: 'lines', filter: ['get', 'dashed'] as never, paint: { 'line-color': tone(), 'line-width': ['get', 'width'], 'line-dasharray': [2, 1.6] } },
      ...kStateKinds.flatMap((k) => [
        { id: `piece-${k}`, type: 'line' as const, source: 'pieces', filter: ['==', ['get', 'kind'], k] as never, paint: { 'line-color': stateColour(k), 'line-width': ['interpolate', ['linear'], ['zoom'], 9, 2.5, 14, 5] as never, ...(kDash[k] ? { 'line-dasharray': kDash[k] } : {}) } },
        { id: `sign-${k}`, type: 'symbol' as const, source: 'pieces', minzoom: 9.5, filter: ['==', ['get', 'kind'], k] as never, layout: { 'symbol-placement': 'line-center' as const, 'icon-image': `sign|${k}`, 'icon-rotation-alignment': 'viewport' as const, 'icon-padding': 6 } },
      ]),
      ...kept.slice(names),
      { id: 'dot', type: 'circle', source: 'dots', paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 8, ['*', ['get', 'size'], 0.4], 13, ['get', 'size']] as never, 'circle-color': css('--map-land'), 'circle-opacity': 0.75, 'circle-stroke-color': css('--text'), 'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 8, 0.7, 11.5, 1.6] as never } },
      { id: 'drawnFill', type: 'fill', source: 'drawn', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': css('--text'), 'fill-opacity': 0.1 } },
      { id: 'drawnLine', type: 'line', source: 'drawn', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': css('--text'), 'line-width': 2, 'line-dasharray': [3, 2] } },
      { id: 'drawnCorner', type: 'circle', source: 'drawn', filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 5.5, 'circle-color': css('--text'), 'circle-stroke-color': css('--surface'), 'circle-stroke-width': 2 } },
    ],
  }
}

/** A round sign with a mark of its own for each kind: a cross, two slow strokes, a weight, an arrow. */
export function drawSigns(map: Map) {
  map.on('styleimagemissing', ({ id }: { id: string }) => {
    const [what, kind] = id.split('|')
    if (what !== 'sign' || map.hasImage(id)) return
    const ratio = 2, s = 18
    const canvas = Object.assign(document.createElement('canvas'), { width: s * ratio, height: s * ratio })
    const c = canvas.getContext('2d')!
    c.scale(ratio, ratio)
    c.beginPath(); c.arc(s / 2, s / 2, s / 2 - 1, 0, 7); c.fillStyle = css('--surface'); c.fill(); c.lineWidth = 1.6; c.strokeStyle = stateColour(kind as StateKind); c.stroke()
    c.lineWidth = 2; c.lineCap = 'round'; c.beginPath()
    for (const [x1, y1, x2, y2] of kSigns[kind as StateKind]) { c.moveTo(x1, y1); c.lineTo(x2, y2) }
    c.stroke()
    map.addImage(id, c.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio })
  })
}
export const kSigns: Record<StateKind, number[][]> = {
  closed: [[6, 6, 12, 12], [12, 6, 6, 12]],
  slow: [[6, 7.5, 12, 7.5], [6, 11, 10, 11]],
  weight: [[6, 12, 12, 12], [9, 12, 9, 6], [7, 8, 9, 6], [11, 8, 9, 6]],
  one_way: [[5.5, 9, 12.5, 9], [10, 6.5, 12.5, 9], [10, 11.5, 12.5, 9]],
}
