/** What the node answers about earthquakes. */
import { call, query, type Query } from '@shared/api'
import type { Items } from '@shared/types'
import type * as E from './types'

const root = '/api/v1'
const get = <T>(path: string, params?: Query, signal?: AbortSignal) => call<T>('GET', path + query(params), { signal })
const post = <T>(path: string, body: unknown = {}, key?: string) => call<T>('POST', path, { body, key })
/** The node answers with the number of what was made, or with the whole of it. */
const idOf = (made: number | { id: number }) => (typeof made === 'number' ? made : made.id)

export const quakeApi = {
  list: (drills: boolean) => get<Items<E.Quake>>('/earthquakes', { drills: drills ? 1 : undefined }),
  one: (id: number) => get<E.QuakeDetail>(`/earthquakes/${id}`),
  report: async (e: E.QuakeChange, key?: string) => idOf((await post<{ earthquake: number | { id: number } }>('/earthquakes', e, key)).earthquake),
  revise: (id: number, e: E.QuakeChange, key?: string) => post<{ version: number }>(`/earthquakes/${id}/revise`, e, key),
  withdraw: (id: number, reason: string, key?: string) => post<unknown>(`/earthquakes/${id}/withdraw`, { reason }, key),
  drill: async (id: number, key?: string) => idOf((await post<{ earthquake: number | { id: number } }>(`/earthquakes/${id}/drill`, {}, key)).earthquake),
  map: (id: number) => get<E.QuakeMap>(`/earthquakes/${id}/map`),
  losses: (id: number) => get<E.Losses>(`/earthquakes/${id}/losses`),
  words: (id: number) => get<E.Report>(`/earthquakes/${id}/report`),
  stations: (id: number, file: File, key?: string) => call<{ stations: number; left_out: number }>('POST', `/earthquakes/${id}/stations`, { raw: file, type: /\.xml$/i.test(file.name) ? 'application/xml' : 'text/csv', key }),
  surveys: (id: number) => get<Items<E.Survey>>(`/earthquakes/${id}/surveys`),
  survey: async (id: number, s: E.SurveyChange, key?: string) => idOf((await post<{ survey: number | { id: number } }>(`/earthquakes/${id}/surveys`, s, key)).survey),
  withdrawSurvey: (id: number, key?: string) => post<unknown>(`/surveys/${id}/withdraw`, {}, key),
  linkages: (id: number) => get<Items<E.Linkage>>(`/earthquakes/${id}/linkages`),
  answerLinkage: (id: number, done: boolean, note: string, key?: string) => post<unknown>(`/linkages/${id}/answer`, { done, note: note || undefined }, key),
  arrivals: (id: number, signal?: AbortSignal) => get<E.Arrivals>(`/early-warning/${id}/places`, undefined, signal),
  warnings: () => get<{ warnings: E.Countdown[] }>('/early-warning'),
  exposure: () => get<E.Exposure>('/exposure'),
}
export const quakeFile = (id: number, name: 'losses.csv' | 'losses.geojson' | 'grid.xml' | 'report.pdf') => `${root}/earthquakes/${id}/${name}`
