/** What the node answers about what-if. Nothing of it is kept in the journal. */
import { call, query } from '@shared/api'
import type { Items } from '@shared/types'
import type * as S from './types'

const root = '/api/v1'
const idOf = (made: number | { id: number }) => (typeof made === 'number' ? made : made.id)
export const scenarioApi = {
  list: () => call<Items<S.ScenarioRow>>('GET', '/scenarios'),
  one: (id: number) => call<S.Scenario>('GET', `/scenarios/${id}`),
  start: async (s: S.ScenarioChange, key?: string) => idOf((await call<{ scenario: number | { id: number } }>('POST', '/scenarios', { body: s, key })).scenario),
  stop: (id: number, key?: string) => call<unknown>('POST', `/scenarios/${id}/stop`, { body: {}, key }),
  building: (row: number, layer: string, signal?: AbortSignal) => call<S.BuildingFacts>('GET', `/buildings/${row}${query({ layer })}`, { signal }),
  history: (row: number, layer: string, other: { type?: string; code?: string }, signal?: AbortSignal) => call<S.History>('GET', `/buildings/${row}/history${query({ layer, ...other })}`, { signal }),
}
export const scenarioFile = (id: number, name: 'buildings.csv' | 'buildings.geojson' | 'grid.xml') => `${root}/scenarios/${id}/${name}`
