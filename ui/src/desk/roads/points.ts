/** A point somebody chose: by a press on the map, by name, or a record. It travels in the address of the page. */
import { named, t } from '@shared/i18n'
import type { At, Said, Whence } from './types'

export interface Spot extends At { name: string; record?: number; place?: string }

const round = (x: number) => Math.round(x * 1e6) / 1e6
export const spotAt = ([lon, lat]: [number, number]): Spot => ({ lon: round(lon), lat: round(lat), name: '' })

/** `lon,lat,record,name`; the name comes last and may hold commas. */
export const spotText = (s: Spot): string => [round(s.lon), round(s.lat), s.record ?? '', s.name].join(',')
export function spotOf(text: string | null | undefined): Spot | null {
  const [lon, lat, record, ...name] = (text ?? '').split(',')
  const at = [lon, lat].map((x) => (x?.trim() ? Number(x) : NaN))
  if (at.some(Number.isNaN) || Math.abs(at[0]) > 180 || Math.abs(at[1]) > 90) return null
  return { lon: at[0], lat: at[1], name: name.join(','), ...(Number(record) > 0 ? { record: Number(record) } : {}) }
}
/** What the node is asked: the record, so that it knows what lies there, else the point. */
export const whence = (s: Spot): Whence => (s.record ? { record: s.record } : { lon: s.lon, lat: s.lat })
export const spotName = (s: Spot): string => s.name || t('roads.point', { lon: s.lon.toFixed(4), lat: s.lat.toFixed(4) })
/** What the node says, in the language of the reader. */
export const saidText = (s: Said | null | undefined): string => (s ? named({ id: '', ...s }) : '')
