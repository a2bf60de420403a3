/** The map of an earthquake: the desk's ground, degrees, townships by urgency, what was measured and seen, and buildings by grade. */
import type { LayerSpecification, Map, StyleSpecification } from 'maplibre-gl'
import { css } from '../map/style'
import { kDegrees, roman } from './words'

const empty = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } }
const font = ['Noto Sans CJK SC']
export const degreeColour = (degree: number) => css(`--degree-${Math.min(12, Math.max(6, Math.round(degree)))}`)
export const gradeColour = (grade: number) => css(`--grade-${Math.min(4, Math.max(0, Math.round(grade)))}`)
/** The node's tiles hold cells while there are many buildings in one, else every building. */
const kTilesTo = 16
const byDegree = () => ['match', ['get', 'degree'], ...kDegrees.flatMap((d) => [d, degreeColour(d)]), degreeColour(6)] as never
const byGrade = (field: string) => ['interpolate', ['linear'], ['coalesce', ['get', field], 0], ...[0, 1, 2, 3, 4].flatMap((g) => [g, gradeColour(g)])] as never
/** 0 the most urgent … 3 the rest. */
const byUrgency = (values: unknown[]) => ['match', ['get', 'urgency'], 0, values[0], 1, values[1], 2, values[2], values[3]] as never
/** `s3`, `e12`, `plain`; with `?by=response` grades by time history. */
function buildingTiles(layer: string) {
  const [name, asked] = layer.split('?')
  return `${location.origin}/api/v1/tiles/buildings/${name}/{z}/{x}/{y}${asked ? `?${asked}` : ''}`
}

/**
 * Colours depend on data alone and are reckoned on the graphics card: a million buildings cost no code for any of them.
 * The one that was pressed is marked by its state, so that no tile is read again.
 */
function buildingLayers(): LayerSpecification[] {
  const on = (yes: unknown, no: unknown) => ['case', ['boolean', ['feature-state', 'on'], false], yes, no]
  const size = (low: number, tall: number) => ['interpolate', ['linear'], ['coalesce', ['get', 'storeys'], 1], 1, low, 30, tall]
  const dense = (few: number, many: number) => ['interpolate', ['linear'], ['ln', ['+', 1, ['get', 'n']]], 0, few, 12, many]
  const source = { source: 'buildings', 'source-layer': 'buildings' }, cells = { source: 'buildings', 'source-layer': 'cells' }
  return [
    { id: 'cellFill', type: 'fill', ...cells, filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': byGrade('grade'), 'fill-antialias': false, 'fill-opacity': dense(0.45, 1) as never } },
    { id: 'cell', type: 'circle', ...cells, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-color': byGrade('grade'), 'circle-opacity': 0.9, 'circle-radius': ['interpolate', ['exponential', 1.6], ['zoom'], 6, dense(1.2, 4), 12.9, dense(2.5, 13)] as never } },
    { id: 'building', type: 'circle', ...source, paint: {
      'circle-color': byGrade('grade'), 'circle-radius': ['interpolate', ['exponential', 1.7], ['zoom'], 13, on(7, size(1.7, 3.2)), 17, on(14, size(6, 13))] as never,
      'circle-stroke-color': on(css('--text'), css('--map-land')) as never, 'circle-stroke-width': ['interpolate', ['linear'], ['zoom'], 13, on(2.5, 0), 16, on(3.5, 0.8)] as never } },
  ]
}

export function withQuake(style: StyleSpecification, buildings = ''): StyleSpecification {
  const kept = style.layers.filter((l) => !['record', 'ring', 'areaFill', 'areaLine'].includes(l.id) && !l.id.startsWith('sketch'))
  const names = kept.findIndex((l) => l.id === 'villageDot')
  const { records: _records, areas: _areas, rings: _rings, sketch: _sketch, ...sources } = style.sources
  const halo = { 'text-halo-color': css('--map-land'), 'text-halo-width': 1.6 }
  return {
    ...style,
    sources: { ...sources, contours: empty, fault: empty, epicentres: empty, stations: empty, surveys: empty, towns: empty, blind: empty,
      ...(buildings ? { buildings: { type: 'vector' as const, tiles: [buildingTiles(buildings)], promoteId: { buildings: 'i' }, minzoom: 5, maxzoom: kTilesTo } } : {}) },
    layers: [
      ...kept.slice(0, names),
      { id: 'contourFill', type: 'fill', source: 'contours', layout: { 'fill-sort-key': ['get', 'degree'] as never }, paint: { 'fill-color': byDegree(), 'fill-opacity': buildings ? 0.16 : 0.55 } },
      { id: 'contourLine', type: 'line', source: 'contours', layout: { 'line-join': 'round' }, paint: { 'line-color': buildings ? byDegree() : css('--map-land'), 'line-width': buildings ? 1.6 : 1 } },
      { id: 'blindFill', type: 'fill', source: 'blind', paint: { 'fill-color': css('--text'), 'fill-opacity': 0.1 } },
      { id: 'blindLine', type: 'line', source: 'blind', paint: { 'line-color': css('--text'), 'line-width': 1.5, 'line-dasharray': [3, 3] } },
      ...(buildings ? buildingLayers() : []),
      { id: 'faultLine', type: 'line', source: 'fault', layout: { 'line-cap': 'round' }, paint: { 'line-color': css('--text'), 'line-width': 3 } },
      ...kept.slice(names),
      { id: 'town', type: 'circle', source: 'towns', layout: { 'circle-sort-key': ['-', 0, ['get', 'urgency']] as never }, paint: {
        'circle-radius': ['interpolate', ['linear'], ['zoom'], 7, byUrgency([5, 4, 3, 2]), 12, byUrgency([11, 9, 7, 4])] as never, 'circle-color': byUrgency([css('--text'), css('--text-2'), css('--text-3'), css('--map-land')]),
        'circle-stroke-color': ['case', ['get', 'on'], css('--accent'), css('--map-land')] as never, 'circle-stroke-width': ['case', ['get', 'on'], 4, 1.5] as never } },
      { id: 'contourName', type: 'symbol', source: 'contours', layout: { 'symbol-placement': 'line', 'symbol-spacing': 420, 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 14, 'text-rotation-alignment': 'viewport', 'text-keep-upright': true, 'text-padding': 8 }, paint: { 'text-color': css('--text'), ...halo } },
      { id: 'station', type: 'symbol', source: 'stations', layout: { 'icon-image': ['concat', 'tri|', ['get', 'degree']], 'icon-overlap': 'always' as never, 'text-field': ['step', ['zoom'], '', 10, ['get', 'name']], 'text-font': font, 'text-size': 11, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-optional': true }, paint: { 'text-color': css('--text-2'), ...halo } },
      { id: 'survey', type: 'symbol', source: 'surveys', layout: { 'icon-image': ['concat', 'seen|', ['get', 'degree']], 'icon-overlap': 'always' as never } },
      { id: 'epicentre', type: 'circle', source: 'epicentres', filter: ['has', 'id'], layout: { 'circle-sort-key': ['-', 0, ['get', 'm']] as never },
        paint: { 'circle-radius': ['get', 'size'] as never, 'circle-color': css('--accent'), 'circle-opacity': ['case', ['get', 'gone'], 0.08, ['get', 'on'], 0.6, 0.28] as never, 'circle-stroke-color': ['case', ['get', 'on'], css('--text'), css('--accent')] as never, 'circle-stroke-width': ['case', ['get', 'on'], 2.4, 1.2] as never } },
      { id: 'epicentreName', type: 'symbol', source: 'epicentres', filter: ['has', 'id'], layout: { 'text-field': ['get', 'label'], 'text-font': font, 'text-size': 12, 'symbol-sort-key': ['-', 0, ['get', 'm']] as never }, paint: { 'text-color': css('--text'), ...halo } },
      { id: 'star', type: 'symbol', source: 'epicentres', filter: ['!', ['has', 'id']], layout: { 'icon-image': 'star|0', 'icon-overlap': 'always' as never } },
    ],
  }
}

/** A star, a triangle for stations, a square for what somebody saw; the last two in the colour of their degree. */
export function drawQuakeSigns(map: Map) {
  map.on('styleimagemissing', ({ id }: { id: string }) => {
    const [what, value] = id.split('|')
    if (!['star', 'tri', 'seen'].includes(what) || map.hasImage(id)) return
    const ratio = 2, s = what === 'star' ? 30 : what === 'tri' ? 16 : 20
    const canvas = Object.assign(document.createElement('canvas'), { width: s * ratio, height: s * ratio })
    const c = canvas.getContext('2d')!
    c.scale(ratio, ratio)
    c.translate(s / 2, s / 2)
    c.lineJoin = 'round'
    c.beginPath()
    if (what === 'star') for (let i = 0; i < 10; i++) { const r = i % 2 ? 5.4 : 12.5, a = (i * Math.PI) / 5 - Math.PI / 2; c.lineTo(r * Math.cos(a), r * Math.sin(a)) }
    else if (what === 'tri') { c.moveTo(0, -6.5); c.lineTo(6.5, 5); c.lineTo(-6.5, 5) }
    else c.roundRect(-8.5, -8.5, 17, 17, 4)
    c.closePath()
    const degree = Number(value)
    c.fillStyle = what === 'star' ? css('--text') : degree >= 6 ? degreeColour(degree) : css('--surface')
    c.lineWidth = what === 'star' ? 4 : 1.4
    c.strokeStyle = what === 'star' ? css('--map-land') : css('--text')
    if (what === 'star') { c.stroke(); c.fill() } else { c.fill(); c.stroke() }
    if (what === 'seen') {
      c.fillStyle = degree >= 9 === (document.documentElement.dataset.theme === 'light') ? '#fff' : document.documentElement.dataset.theme === 'light' || degree >= 9 ? '#17202a' : '#fff'
      if (degree < 6) c.fillStyle = css('--text')
      c.font = `600 11px ${css('--font')}`; c.textAlign = 'center'; c.textBaseline = 'middle'
      c.fillText(degree ? roman(degree) : '·', 0, 0.5)
    }
    map.addImage(id, c.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio })
  })
}
