import type { FilterSpecification, LayerSpecification, StyleSpecification } from 'maplibre-gl'
import { href } from '@shared/api'
import type { MapFacts } from '@shared/types'

export function css(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim()
}
export const levelColour = (level: string) => css(`--level-${level}`) || css('--accent')

const empty = { type: 'geojson' as const, data: { type: 'FeatureCollection' as const, features: [] } }
const font = ['Noto Sans CJK SC']
const halo = () => ({ 'text-halo-color': css('--map-land'), 'text-halo-width': 1.4 })

/** The whole map in the colours of the theme. Data of areas, rings and sketch is put in afterwards. */
export function buildStyle(home: string, base: MapFacts['base_maps'][number] | undefined): StyleSpecification {
  const own: FilterSpecification = ['==', ['get', 'code'], home.slice(0, 6)]
  /** Towns and villages of other places come only near, so that one's own stand out. */
  const mine = ['==', ['slice', ['get', 'code'], 0, home.length], home] as const
  const nearer = ['step', ['zoom'], ['case', mine, 1, 0], 11.2, 1] as never
  const label = (id: string, level: string, minzoom: number, size: number, extra: object = {}): LayerSpecification => ({
    id, type: 'symbol', source: 'places', 'source-layer': 'place', minzoom, filter: ['==', ['get', 'level'], level],
    layout: { 'text-field': ['get', 'name'], 'text-font': font, 'text-size': size, 'text-variable-anchor': ['top', 'bottom', 'right', 'left'], 'text-radial-offset': 0.45, 'text-padding': 4, ...extra },
    paint: { 'text-color': css('--text-2'), 'text-opacity': level === 'county' ? 1 : nearer, ...halo() },
  })
  const dot = (id: string, level: string, minzoom: number, radius: number): LayerSpecification => ({
    id, type: 'circle', source: 'places', 'source-layer': 'place', minzoom, filter: ['==', ['get', 'level'], level],
    paint: { 'circle-radius': radius, 'circle-color': css('--text-3'), 'circle-stroke-color': css('--map-land'), 'circle-stroke-width': 1, 'circle-opacity': nearer, 'circle-stroke-opacity': nearer },
  })
  const ground: LayerSpecification[] = base
    ? [{ id: 'base', type: 'raster', source: 'base' }]
    : [
        { id: 'county', type: 'fill', source: 'places', 'source-layer': 'boundary', filter: ['==', ['get', 'level'], 'county'], paint: { 'fill-color': css('--map-land-2') } },
        { id: 'home', type: 'fill', source: 'places', 'source-layer': 'boundary', filter: own, paint: { 'fill-color': css('--map-land') } },
      ]
  return {
    version: 8,
    sources: {
      places: { type: 'vector', tiles: [href.tiles('places')], maxzoom: 14 },
      records: { type: 'vector', tiles: [href.tiles('records')], maxzoom: 14 },
      areas: empty, rings: empty, sketch: empty,
      ...(base ? { base: { type: 'raster' as const, tiles: [base.url], tileSize: 256, attribution: base.attribution } } : {}),
    },
    layers: [
      { id: 'ground', type: 'background', paint: { 'background-color': css('--map-land-2') } },
      ...ground,
      { id: 'line', type: 'line', source: 'places', 'source-layer': 'boundary', paint: { 'line-color': css('--map-line'), 'line-width': 1 } },
      { id: 'homeLine', type: 'line', source: 'places', 'source-layer': 'boundary', filter: own, paint: { 'line-color': css('--text-3'), 'line-width': 1.4, 'line-opacity': 0.8 } },
      { id: 'areaFill', type: 'fill', source: 'areas', paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': ['case', ['get', 'on'], 0.15, 0.07] } },
      { id: 'areaLine', type: 'line', source: 'areas', paint: { 'line-color': ['get', 'colour'], 'line-width': ['case', ['get', 'on'], 2.2, 1.4], 'line-dasharray': [3, 2], 'line-opacity': ['case', ['get', 'on'], 1, 0.7] } },
      dot('villageDot', 'village', 11, 2), dot('townDot', 'town', 8.5, 3),
      label('villageName', 'village', 12, 12), label('townName', 'town', 9, 13),
      label('countyName', 'county', 6, 15, { 'text-letter-spacing': 0.25, 'text-variable-anchor': ['center'] }),
      { id: 'record', type: 'symbol', source: 'records', 'source-layer': 'record', filter: ['==', ['get', 'type'], ''],
        layout: { 'icon-image': ['concat', 'record|', ['get', 'type']], 'icon-allow-overlap': ['step', ['zoom'], false, 12, true] as never, 'icon-padding': 1, 'text-field': ['step', ['zoom'], '', 12.5, ['get', 'name']], 'text-font': font, 'text-size': 12, 'text-anchor': 'left', 'text-offset': [0.9, 0], 'text-optional': true },
        paint: { 'text-color': css('--text'), ...halo() } },
      { id: 'ring', type: 'symbol', source: 'rings',
        layout: { 'icon-image': ['get', 'image'], 'icon-overlap': 'always', 'text-field': ['get', 'name'], 'text-font': font, 'text-size': 13, 'text-variable-anchor': ['top', 'bottom', 'right', 'left'], 'text-radial-offset': 1.35, 'text-optional': true, 'symbol-sort-key': ['get', 'order'], 'symbol-z-order': 'source' },
        paint: { 'text-color': css('--text'), ...halo() } },
      { id: 'sketchFill', type: 'fill', source: 'sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ['get', 'colour'], 'fill-opacity': 0.16 } },
      { id: 'sketchLine', type: 'line', source: 'sketch', filter: ['!=', ['geometry-type'], 'Point'], paint: { 'line-color': ['get', 'colour'], 'line-width': 2.2, 'line-dasharray': [3, 2] } },
      { id: 'sketchMid', type: 'circle', source: 'sketch', filter: ['==', ['get', 'kind'], 'mid'], paint: { 'circle-radius': 3.5, 'circle-color': css('--surface'), 'circle-stroke-color': css('--text-2'), 'circle-stroke-width': 1 } },
      { id: 'sketchVertex', type: 'circle', source: 'sketch', filter: ['==', ['get', 'kind'], 'vertex'], paint: { 'circle-radius': ['get', 'size'], 'circle-color': css('--text'), 'circle-stroke-color': css('--surface'), 'circle-stroke-width': 2 } },
    ],
  }
}
