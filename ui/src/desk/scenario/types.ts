/** The shapes of what-if (src/web/openapi.yaml). Accelerations m/s², displacements m, drifts without unit. */
import type { Named } from '@shared/types'
import type { Losses, Mechanism, QuakeMap, Range } from '../earthquakes/types'
import type { Said } from '../roads/types'

export type Code = 'pre' | 'low' | 'moderate' | 'high'
export const kCodes: Code[] = ['pre', 'low', 'moderate', 'high']
export interface Retrofit { type: string; code_from: Code; code_to: Code }
export type Relations = 'automatic' | 'national' | 'bssa14'
export const kRelations: Relations[] = ['automatic', 'national', 'bssa14']
export interface ScenarioChange {
  name: string; lon: number; lat: number; magnitude: number; depth_km: number; strike?: number; dip?: number; mechanism?: Mechanism
  local_hour?: number; month?: number; relations?: Relations; response?: boolean; retrofit?: Retrofit[]; compare?: number
}
export interface ScenarioRow { id: number; name: string; state: 'running' | 'done' | 'failed'; progress: number; made_at: number; magnitude: number; lon?: number; lat?: number; depth_km?: number; response?: boolean; retrofit?: Retrofit[] }
export interface Counts { count: number; grades: number[]; response_grades: number[] | null; buildings_per_s?: number | null; instructions?: string | null; drift_p90?: number | null }
export interface Compared { dead: Range; grades: number[]; saved_dead: number; saved_yuan: number }
export interface Scenario extends ScenarioRow {
  phase: Said | null; fault: Said | null; map: QuakeMap | null; losses: Losses | null; buildings: Counts | null; compared: Compared | null; compare?: number | null; strike?: number | null; mechanism?: Mechanism
}
export interface BuildingFacts {
  row: number; id: string; type: Named; code: Code; storeys: number; floor_area_m2: number; year: number | null; people: number; use: string; place_name?: string; lon: number; lat: number; generated: boolean
  intensity?: number | null; pga?: number | null; grade: number | null; shares: number[] | null
  response: { grade: number; drift: number; residual_drift: number; acceleration: number; worst_storey: number; collapsed: boolean } | null
}
export interface History {
  dt: number; storeys: number; storey_height_m: number; /** [step][storey] */ drift: number[][]; displacement: number[][]; ground: number[]
  peaks: { drift: number; residual_drift?: number; acceleration?: number; worst_storey?: number; grade?: number; collapsed?: boolean }
  energy: { in: number; kinetic: number; damped: number; hysteretic: number; elastic: number }; motion: { name: string; scale: number }; limits: number[]
}
