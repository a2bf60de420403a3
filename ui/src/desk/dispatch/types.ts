/** The shapes of missions, relief plans and hospitals (src/web/openapi.yaml). Times are UTC milliseconds. */
import type { At, Said, Whence } from '../roads/types'

export interface Need { capability: string; teams?: number; people?: number; boats?: number }
export interface TeamsAsked { at: Whence | { place: string }; needs: Need[]; profile: string; depart?: number; keep_reserve?: boolean }
export interface ChosenTeam extends At {
  record: number; name: string; capability: string; people: number; boats: number; leaves_in_minutes: number; arrive_minutes: number; due: number
  km: number; reason?: Said | null; shape?: GeoJSON.LineString | null
}
export interface RefusedTeam { record: number; name: string; arrive_minutes: number | null; reason: Said; code?: string }
export interface Teams { estimated: boolean; chosen: ChosenTeam[]; refused: RefusedTeam[]; refused_total: number; unmet: Need[]; met_minutes: number | null; exact: boolean; ms: number }

export type MissionStep = 'on_the_way' | 'arrived' | 'done' | 'recalled'
export interface Mission {
  id: number; team: number; name: string; to: string; lon: number; lat: number; task: string; profile: string; leaves: number; due: number
  /** null: there is no way at present */
  eta?: number | null; late_minutes?: number | null; estimated?: boolean; at?: (At & { at: number }) | null; step: MissionStep; ordered_by?: string; changed_at?: number
  may?: ('arrived' | 'done' | 'recalled')[]
}
export interface MissionOrder { team: number; to: At & { name: string }; task: string; profile: string }
export interface Position extends At { record: number; name: string; type: string; at: number; speed_kmh?: number | null }

export interface GoodAmount { good: string; amount: number }
export interface Demand { place?: string; lon?: number; lat?: number; name: string; goods: GoodAmount[]; priority: 1 | 2 | 3; latest?: number }
export interface ReliefAsked { name: string; demands: Demand[]; warehouses?: number[]; vehicles?: number[]; seconds: number; keep_share?: number }
interface Ref { record: number; name: string }
export interface Trip {
  vehicle: Ref & { number: number }; kind: string; trip: number; warehouse: Ref; demand: { name: string; place?: string; lon: number; lat: number }; load: GoodAmount[]
  kg: number; m3: number; leave: number; arrive: number; minutes: number; km: number
}
export interface DemandMet { name: string; goods: { good: string; wanted: number; given: number; unmet: number; why?: Said | null }[]; served_by: Ref[]; first_arrival?: number | null; last_arrival?: number | null }
export interface Plan {
  /** Weighted means over what is asked for; what is not met counts as if it came very late. */
  value_minutes: number; bound_minutes: number; proven?: boolean; without_position?: number; gap_percent: number; unmet_percent: number; estimated: boolean; trips: Trip[]; demands: DemandMet[]
  warehouses: (Ref & { taken: { good: string; amount: number; left: number }[] })[]
}
export interface ReliefJob { state: 'running' | 'done' | 'failed'; seconds_left?: number; best_minutes?: number | null; bound_minutes?: number | null; plan?: Plan | null; fault?: string }
export interface PlanRow { id: number; name: string; trips?: number; unmet_percent?: number; accepted_by?: string; accepted_at: number; withdrawn_at?: number | null; may?: 'withdraw'[] }
export interface KeptPlan extends PlanRow { plan: Plan }

export interface HospitalsAsked { at: Whence | { place: string }; kinds?: string[]; beds?: number; icu_beds?: number; profile: string }
export interface NearHospital {
  record: number; name: string; kind: string; grade?: string | null; beds?: number | null; icu_beds?: number | null; announced?: number; minutes: number | null; km: number
  keeper?: string | null; phone?: string | null; fits: boolean; why?: Said | null; lon?: number; lat?: number
}
export interface Hospitals { estimated: boolean; items: NearHospital[] }
export interface Notice { id?: number; hospital: number; name: string; text: string; injured: number; due: number; told: string; told_at?: number | null; channel?: string; sent_at: number; sent_by: string }

export interface AirAsked {
  aircraft: string; at: ((Whence | { place: string }) & { name?: string })[]; load_kg?: number; when?: number; /** as if it were day throughout */ day?: boolean; profile?: string
  weather?: { wind_ms?: number; visibility_km?: number; cloud_base_m?: number }
}
export interface AirLeg { kind: 'air' | 'road' | 'refuel'; from: string; to: string; minutes: number; km: number }
export interface AirChain extends At { name: string; minutes: number | null; legs: AirLeg[]; why?: Said | null }
/** `bases`: landing points with fuel. */
export interface AirChains { estimated: boolean; bases: number; landings: number; items: AirChain[] }
