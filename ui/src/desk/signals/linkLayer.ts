import type { ExpressionSpecification, LayerSpecification, Map, StyleSpecification } from 'maplibre-gl'
import type { LinkStates } from '@shared/types'
import { css } from '../map/style'
import { kLevels } from './urgency'

/** What a point is shown as: 0 to 5 its state, 11 to 14 its level where it has one. */
export const kindOf = (state: number, level: number) => (level > 0 ? 10 + level : state)
export const kKinds = [14, 13, 12, 11, 1, 2, 3, 4, 5, 0]
/** Levels are drawn with their shapes too, unless there are more of them than an eye tells apart. */
export const kShapesMax = 3000

export function featuresOf(p: LinkStates): GeoJSON.FeatureCollection {
  const features = new Array<GeoJSON.Feature>(p.id.length)
  for (let i = 0; i < p.id.length; i++)
    features[i] = { type: 'Feature', id: p.id[i], geometry: { type: 'Point', coordinates: [p.lon[i], p.lat[i]] }, properties: { id: p.id[i], k: kindOf(p.state[i], p.level[i]) } }
  return { type: 'FeatureCollection', features }
}
/** What is shown differently now, as [id, kind]; null when they are other links or stand elsewhere. */
export function changesOf(before: LinkStates, after: LinkStates): [number, number][] | null {
  if (before.id.length !== after.id.length) return null
  const out: [number, number][] = []
  for (let i = 0; i < after.id.length; i++) {
    if (before.id[i] !== after.id[i] || before.lon[i] !== after.lon[i] || before.lat[i] !== after.lat[i]) return null
    const k = kindOf(after.state[i], after.level[i])
    if (k !== kindOf(before.state[i], before.level[i])) out.push([after.id[i], k])
  }
  return out
}
export function countKinds(p: LinkStates): globalThis.Map<number, number> {
  const found = new globalThis.Map<number, number>()
  for (let i = 0; i < p.id.length; i++) {
    const k = kindOf(p.state[i], p.level[i])
    found.set(k, (found.get(k) ?? 0) + 1)
  }
  return found
}
export function boundsOfPoints(p: LinkStates): [number, number, number, number] | null {
  if (!p.id.length) return null
  const b: [number, number, number, number] = [180, 90, -180, -90]
  for (let i = 0; i < p.id.length; i++) {
    b[0] = Math.min(b[0], p.lon[i]); b[1] = Math.min(b[1], p.lat[i]); b[2] = Math.max(b[2], p.lon[i]); b[3] = Math.max(b[3], p.lat[i])
  }
  return b
}

/** From this many on the calm ones are drawn smaller: they overlap, and a graphics card has less to fill. */
export const kDense = 20_000
export function radius(dense: boolean): ExpressionSpecification {
  const size = (calm: number, alarmed: number): ExpressionSpecification => ['case', ['>', ['get', 'k'], 10], alarmed, dense ? calm * 0.6 : calm]
  return ['interpolate', ['linear'], ['zoom'], 6, size(1.6, 3.2), 9, size(2.6, 5), 12, size(4.5, 7), 15, size(7, 9)]
}
export const edgeWidth = (dense: boolean): ExpressionSpecification => ['match', ['get', 'k'], [3, 4, 5, 0], dense ? 1 : 1.6, dense ? 0 : 1]
/** One source and one circle layer for all links; rings and shapes only mark a few of them. */
export function withLinks(style: StyleSpecification): StyleSpecification {
  const kept = style.layers.filter((l) => !('source' in l) || l.source !== 'records')
  const colour: ExpressionSpecification = ['match', ['get', 'k'], 14, css('--level-red'), 13, css('--level-orange'), 12, css('--level-yellow'), 11, css('--level-blue'), 1, css('--accent'), 2, css('--text-3'), css('--surface')]
  const edge: ExpressionSpecification = ['match', ['get', 'k'], 3, css('--text'), 4, css('--text'), 5, css('--text-2'), 2, css('--text'), 0, css('--text-3'), css('--map-land')]
  const layers: LayerSpecification[] = [
    { id: 'links', type: 'circle', source: 'links', layout: { 'circle-sort-key': ['get', 'k'] },
      paint: { 'circle-color': colour, 'circle-stroke-color': edge, 'circle-stroke-width': edgeWidth(false), 'circle-radius': radius(false) } },
    { id: 'linkShape', type: 'symbol', source: 'links', filter: ['>', ['get', 'k'], 10],
      layout: { 'icon-image': ['concat', 'level|', ['to-string', ['get', 'k']]], 'icon-overlap': 'always', 'icon-ignore-placement': true, 'icon-size': ['interpolate', ['linear'], ['zoom'], 6, 0.7, 12, 1.1], 'symbol-sort-key': ['get', 'k'] } },
    { id: 'linkPicked', type: 'circle', source: 'links', filter: ['==', ['get', 'id'], 0],
      paint: { 'circle-radius': 13, 'circle-color': 'transparent', 'circle-stroke-color': css('--text'), 'circle-stroke-width': 2.5 } },
  ]
  /* Names of places are read over the points. */
  const labels = kept.findIndex((l) => l.id === 'villageName')
  const { records: _, ...sources } = style.sources
  return { ...style, sources: { ...sources, links: { type: 'geojson', data: { type: 'FeatureCollection', features: [] }, maxzoom: 13, buffer: 16, tolerance: 0 } }, layers: [...kept.slice(0, labels), layers[0], ...kept.slice(labels), ...layers.slice(1)] }
}

const kSize = 17
/** Square, triangle, diamond and disc of the levels. */
export function addShapes(map: Map) {
  kLevels.forEach((level, i) => {
    if (!i || map.hasImage(`level|${10 + i}`)) return
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = kSize * 2
    const c = canvas.getContext('2d')!
    c.scale(2, 2)
    const [a, m, b] = [2, kSize / 2, kSize - 2]
    c.beginPath()
    if (level === 'red') c.rect(a + 1, a + 1, b - a - 2, b - a - 2)
    else if (level === 'blue') c.arc(m, m, m - 3, 0, 7)
    else for (const [x, y] of level === 'orange' ? [[m, a], [b, b - 0.5], [a, b - 0.5]] : [[m, a - 1], [b + 1, m], [m, b + 1], [a - 1, m]]) c.lineTo(x, y)
    c.closePath()
    c.lineWidth = 2.4; c.strokeStyle = css('--map-land'); c.stroke()
    c.fillStyle = css(`--level-${level}`); c.fill()
    map.addImage(`level|${10 + i}`, c.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: 2 })
  })
}
