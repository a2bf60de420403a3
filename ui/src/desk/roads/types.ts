/** The shapes of roads, routes and coverage (src/web/openapi.yaml). Times are UTC milliseconds, minutes have one decimal. */
import type { Named } from '@shared/types'

export interface At { lon: number; lat: number }
/** A point of the map, or a record that lies somewhere. */
export type Whence = At | { record: number }
/** What the node says in both languages. */
export interface Said { zh: string; en: string }
interface Sourced extends Named { source?: string; verified?: boolean }
/** Minutes of the day in the node's zone; a period may run over midnight. */
export interface Period extends Named { from_minute: number; to_minute: number }
export interface Profile extends Sourced { on_foot?: boolean; periods: Period[] }
export interface ResponseCircle extends Sourced { facilities: string[]; minutes: number[]; by_air?: boolean; profile: string; share: number }
export interface Aircraft extends Sourced { cruise_kmh: number; range_km: number }
export interface Good extends Sourced { unit: string }
export interface RoadFacts {
  loaded: boolean; name: string; nodes: number; arcs: number; roads: number; length_km: number; imported_at?: number | null; bounds?: number[] | null
  states_in_force: number; profiles: Profile[]; circles: ResponseCircle[]; aircraft: Aircraft[]; goods: Good[]; vehicle_kinds: (Named & { profile?: string })[]
}
export interface NearRoad {
  name: string; class: string; class_zh?: string; bridge: boolean; tunnel: boolean; limit_kmh?: number | null; max_height_m?: number | null
  max_weight_t?: number | null; length_m: number; distance_m: number; shape: GeoJSON.LineString
}

export type StateKind = 'closed' | 'slow' | 'weight' | 'one_way'
export const kStateKinds: StateKind[] = ['closed', 'slow', 'weight', 'one_way']
export interface RoadStateChange {
  name: string; kind: StateKind; shape: GeoJSON.Geometry; speed_kmh?: number | null; weight_t?: number | null; bearing?: number | null; until?: number | null; reason: string
}
export interface RoadState extends RoadStateChange {
  id: number; set_by: { name: string } | string; set_at: number; lifted_at?: number | null; lifted_by?: { name: string } | string | null
  roads: number; length_km: number
}
export interface StatePreview { roads_hit: number; length_km: number; names: string[]; shape: GeoJSON.MultiLineString | null }
export interface StateSet { state: RoadState | number; roads_hit: number; length_km: number; ms: number }

export interface RouteAsked { from: Whence; to: Whence; via?: Whence[]; profile: string; depart?: number; alternatives?: number; steps?: boolean }
export interface Step extends Said { km: number; minutes: number; lon: number; lat: number; turn?: string }
export interface Snapped extends At { distance_m: number; road: string }
export interface Route {
  minutes: number; km: number; estimated: boolean; profile: string; arrive?: number; shape: GeoJSON.LineString; steps?: Step[]
  snapped?: { from: Snapped; to: Snapped } | null
}
export interface Routes { routes: Route[]; why?: Said | null }

export interface CoverageAsked {
  circle: string | { facilities?: string[]; records?: number[]; minutes: number[]; profile?: string; aircraft?: string; by_air?: boolean; share?: number }
  within?: string; moved?: (At & { record: number })[]; added?: At[]; removed?: number[]; polygons?: boolean
}
/** People are null where nobody has said how many live in the villages; then villages are what is counted. */
export type Count = number | null
export interface CircleRing { minutes: number; people: Count; villages: number; people_share: Count; villages_share: number; shape?: GeoJSON.MultiPolygon | null }
export interface CountyShare { place: string; name: string; people: Count; covered: Count; villages: number; covered_villages: number; share: number; met: boolean }
export interface Village { place: string; name: string; path?: string; people: Count; lon?: number; lat?: number }
export interface Gap extends Village { minutes: number | null }
/** `alone`: reached by this one and no other. Without a record it is one that is tried. */
export interface Station extends At { record: number | null; name: string; people: Count; villages: number; alone_people: Count; alone_villages: number }
export interface Compared { people_more: number; people_less: number; villages_more: Village[]; villages_less: Village[]; villages_more_total: number; villages_less_total: number }
export interface Coverage {
  ms: number; estimated: boolean; facilities: number; villages: number; people: Count; people_known_villages?: number; rings: CircleRing[]
  standard: { share: number; met: boolean; of: 'people' | 'villages'; people_short: Count } | null; counties: CountyShare[]; gaps: Gap[]; gaps_total: number
  stations: Station[]; compared?: Compared | null
}
export interface Site extends At { place: string; name: string; people_more: Count; villages_more: number }
export interface Covered { people: Count; villages: number }
export interface Sites { sites: Site[]; covered_before: Covered; covered_after: Covered; /** What the choice covers and what any choice could: villages without known people count as those like them. */
  covers_people: number; bound_people: number; exact: boolean; ms: number }
/** What a closed road would cost those within a circle. */
export interface Loss {
  people_lost: Count; people_slower: Count; villages_lost: number; villages_slower: number; villages_total: number
  villages: (Village & { before_minutes: number; after_minutes: number | null })[]
}
