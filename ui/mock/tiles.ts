import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import { roadFeatures } from './roads'
import { counties, places, records } from './world'

type Index = { getTile(z: number, x: number, y: number): unknown }
const index = (features: unknown[]): Index =>
  new (GeoJSONVT as never as new (data: unknown, options: unknown) => Index)({ type: 'FeatureCollection', features }, { maxZoom: 16, indexMaxZoom: 8, tolerance: 3 })

const boundary = index(counties)
const points = (level: string) => index([...places.values()].filter((p) => p.level === level && p.lon != null && level !== 'county').map((p) => (
  { type: 'Feature', geometry: { type: 'Point', coordinates: [p.lon, p.lat] }, properties: { code: p.code, name: p.name, level: p.level, approximate: 1 } })))
const cp: Record<string, [number, number]> = { 临夏市: [103.21, 35.6], 临夏县: [102.99, 35.5], 永靖县: [103.3, 35.96], 积石山县: [102.875, 35.7], 东乡族自治县: [103.39, 35.66], 和政县: [103.35, 35.42] }
const county = index(counties.filter((c) => cp[c.properties.name]).map((c) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: cp[c.properties.name] }, properties: c.properties })))
const town = points('town')
const village = points('village')
const road = index(roadFeatures)

export function tile(kind: string, z: number, x: number, y: number): Uint8Array {
  const layers: Record<string, unknown> = {}
  const put = (name: string, from: Index[]) => {
    const found = from.map((i) => i.getTile(z, x, y) as { features: unknown[] } | null).filter(Boolean) as { features: unknown[] }[]
    if (found.length) layers[name] = { ...found[0], features: found.flatMap((t) => t.features) }
  }
  if (kind === 'places') {
    put('boundary', [boundary])
    put('place', z >= 11 ? [county, town, village] : z >= 8 ? [county, town] : [county])
  } else if (kind === 'roads') {
    put('roads', [road])
  } else {
    put('record', [index(records.map((r) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [r.lon, r.lat] }, properties: { id: r.id, type: r.type, name: r.name } })))])
  }
  return fromGeojsonVt(layers as never)
}
