/** Who goes, what is carried, where the injured are brought. */
import { call, query } from '@shared/api'
import type { Items } from '@shared/types'
import type { At } from '../roads/types'
import type * as D from './types'

const root = '/api/v1'
const get = <T>(path: string, params?: Record<string, string | number | undefined>) => call<T>('GET', path + query(params))
const post = <T>(path: string, body: unknown = {}, key?: string, signal?: AbortSignal) => call<T>('POST', path, { body, key, signal })

export const dispatchApi = {
  teams: (asked: D.TeamsAsked, signal?: AbortSignal) => post<D.Teams>('/dispatch/teams', asked, undefined, signal),
  missions: (ended = false) => get<Items<D.Mission>>('/missions', { ended: ended ? 1 : undefined }),
  order: (m: D.MissionOrder, key?: string) => post<{ mission: D.Mission }>('/missions', m, key),
  step: (id: number, step: D.MissionStep, key?: string) => post<unknown>(`/missions/${id}/step`, { step }, key),
  positions: () => get<Items<D.Position>>('/positions'),

  plan: (asked: D.ReliefAsked, key?: string) => post<{ job: number }>('/dispatch/relief', asked, key),
  job: (id: number) => get<D.ReliefJob>(`/dispatch/relief/${id}`),
  stop: (id: number) => post<unknown>(`/dispatch/relief/${id}/stop`),
  accept: (id: number, key?: string) => post<{ plan: number }>(`/dispatch/relief/${id}/accept`, {}, key),
  plans: () => get<Items<D.PlanRow>>('/relief-plans'),
  kept: (id: number) => get<D.KeptPlan>(`/relief-plans/${id}`),
  withdraw: (id: number, key?: string) => post<unknown>(`/relief-plans/${id}/withdraw`, {}, key),

  hospitals: (asked: D.HospitalsAsked, signal?: AbortSignal) => post<D.Hospitals>('/hospitals/nearest', asked, undefined, signal),
  notify: (hospital: number, n: { text: string; injured: number; at: At; due: number }, key?: string) => post<{ hospital: number; told: string }>(`/hospitals/${hospital}/notify`, n, key),
  air: (asked: D.AirAsked, signal?: AbortSignal) => post<D.AirChains>('/air/chains', asked, undefined, signal),
  notices: () => get<Items<D.Notice>>('/hospitals/notices'),
}
export const planCsv = (id: number) => `${root}/relief-plans/${id}.csv`
