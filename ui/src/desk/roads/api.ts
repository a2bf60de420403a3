/** What the node answers about roads. */
import { ApiError, call, newKey, query } from '@shared/api'
import { t } from '@shared/i18n'
import type { Items } from '@shared/types'
import type * as R from './types'

const root = '/api/v1'
const get = <T>(path: string, params?: Record<string, string | number | undefined>, signal?: AbortSignal) => call<T>('GET', path + query(params), { signal })
const post = <T>(path: string, body: unknown, key?: string, signal?: AbortSignal) => call<T>('POST', path, { body, key, signal })

export const roadsApi = {
  facts: () => get<R.RoadFacts>('/roads'),
  near: (lon: number, lat: number, radius_m = 200) => get<{ roads: R.NearRoad[] }>('/roads/near', { lon, lat, radius_m }),
  states: (past = false) => get<Items<R.RoadState>>('/road-states', { past: past ? 1 : undefined }),
  pieces: () => get<GeoJSON.FeatureCollection>('/road-states/roads'),
  preview: (asked: Pick<R.RoadStateChange, 'kind' | 'shape' | 'bearing'>, signal?: AbortSignal) => post<R.StatePreview>('/road-states/preview', asked, undefined, signal),
  set: (state: R.RoadStateChange, key?: string) => post<R.StateSet>('/road-states', state, key),
  lift: (id: number, key?: string) => post<unknown>(`/road-states/${id}/lift`, {}, key),
  routes: (asked: R.RouteAsked, signal?: AbortSignal) => post<R.Routes>('/routes', asked, undefined, signal),
  coverage: (asked: R.CoverageAsked, signal?: AbortSignal) => post<R.Coverage>('/coverage', asked, undefined, signal),
  loss: (asked: Pick<R.CoverageAsked, 'circle' | 'within'> & { shape: GeoJSON.Geometry }) => post<R.Loss>('/coverage/bridge', asked),
  sites: (asked: R.CoverageAsked & { count: number }, signal?: AbortSignal) => post<R.Sites>('/coverage/sites', asked, undefined, signal),
}

export const roadTiles = () => `${location.origin}${root}/tiles/roads/{z}/{x}/{y}`

/** A route as a file. The question is a body, so the browser cannot open an address for it. */
export async function routeFile(asked: R.RouteAsked, format: 'gpx' | 'geojson'): Promise<string> {
  const response = await fetch(`${root}/routes${query({ format })}`, { method: 'POST', credentials: 'same-origin', headers: { 'Content-Type': 'application/json', 'Idempotency-Key': newKey() }, body: JSON.stringify(asked) })
  if (!response.ok) throw new ApiError(response.status, 'file', t('roads.route.noFile'))
  return response.text()
}
