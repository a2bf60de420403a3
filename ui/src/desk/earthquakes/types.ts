/** The shapes of earthquakes (src/web/openapi.yaml). Times are UTC milliseconds, intensities degrees with one decimal, PGA m/s², PGV m/s. */
import type { Countdown, Level, Named } from '@shared/types'
import type { Said } from '../roads/types'

export type { Countdown }
/** Nothing estimated is one number: a tenth of the draws lies below p10, a tenth above p90. */
export interface Range { p10: number; p50: number; p90: number; mean: number }
export type Mechanism = 'unknown' | 'strike_slip' | 'normal' | 'reverse'
export const kMechanisms: Mechanism[] = ['unknown', 'strike_slip', 'normal', 'reverse']
export type QuakeSource = 'officer' | 'catalogue' | 'early_warning' | 'drill'

export interface Located { magnitude: number; magnitude_sigma?: number | null; lon: number; lat: number; depth_km: number }
export interface Quake extends Located {
  id: number; at: number; name: string; source: QuakeSource; source_name?: string; version: number; stations?: number; final?: boolean; drill: boolean
  withdrawn: { at: number; by: string; reason: string } | null; strike: number | null; mechanism: Mechanism; reported_at: number
  intensity_max: number | null; dead: Range | null; response_level: number
}
export interface Version extends Located { version: number; made_at: number; source: QuakeSource; source_name?: string; stations?: number; final?: boolean }
export interface Estimate { number: number; made_at: number; version: number; basis: Said; draws: number; dead: Range; intensity_max: number }
export interface Response extends Said { level: number; reason: Said; source?: string; verified?: boolean }
export interface ExposureName { name: string; buildings: number; people: number; generated: boolean }
export interface Reached { intensity: number; area_km2: number; people: number; villages: number }
export interface QuakeDetail extends Quake {
  versions: Version[]; estimates: Estimate[]; response: Response | null; warning: number | null; surveys: number; stations_used: number
  exposure: ExposureName | null; reached: Reached[]
}
export interface QuakeChange {
  lon: number; lat: number; magnitude: number; depth_km?: number; at?: number; name?: string; strike?: number | null; mechanism?: Mechanism; magnitude_sigma?: number | null; drill?: boolean; reason?: string
}

export interface Contour { intensity: number; shape: GeoJSON.MultiPolygon | GeoJSON.Polygon; area_km2: number }
export interface Station { name: string; lon: number; lat: number; pga: number | null; pgv: number | null; intensity: number | null }
export interface Survey {
  id: number; at: number; by: string; lon: number; lat: number; place?: string; place_name?: string; intensity: number | null
  houses_collapsed?: number | null; houses_severe?: number | null; dead?: number | null; injured?: number | null; note?: string; withdrawn?: unknown
}
export interface SurveyChange { lon: number; lat: number; intensity?: number; houses_collapsed?: number; houses_severe?: number; dead?: number; injured?: number; note?: string }
export interface QuakeMap {
  grid_km?: number; contours: Contour[]; ellipses?: Contour[]; epicentre: { lon: number; lat: number }; fault: GeoJSON.Geometry | null
  stations: Station[]; surveys: Survey[]; max?: number; relations?: Said; bias?: { pga: number; pgv: number; intensity: number } | null
}

export interface Loss {
  people: number; people_by_degree: Record<string, number>; intensity_max: number; buildings: number; grades: Range[]
  dead: Range; injured: Range; buried: Range; homeless: Range; loss_yuan: Range; needs: Record<string, Range>
}
export interface TownLoss extends Loss { place: string; name: string; lon?: number | null; lat?: number | null; county?: string; priority: number; reported: { collapsed: number; severe: number; dead: number; injured: number } | null }
export interface Need extends Named { unit: string; source?: string; verified?: boolean }
export interface DeadModel extends Named { dead: Range; weight: number }
export interface Losses {
  number: number; made_at: number; draws: number; basis: Said; generated: boolean; total: Loss; townships: TownLoss[]; models: DeadModel[]
  /** `to` belongs to it */
  dead_bins: { from: number; to: number | null; probability: number }[]; needs: Need[]
}
export interface Report { title: string; subtitle?: string; made_at: number; paragraphs: { heading: string; text: string }[]; tables: { title: string; columns: string[]; rows: (string | number)[][] }[]; notes?: string[] }

export type LinkageState = 'ordered' | 'done' | 'failed' | 'silent'
export interface Linkage extends Said {
  id: number; rule: string; record: number; name: string; action: Said; intensity: number; s_arrives: number; due: number; state: LinkageState; answered_at?: number | null; by?: string | null; drill?: boolean
}

export interface Arrival { place: string; name: string; lon: number; lat: number; intensity: number; colour: Level; s_arrives: number; p_arrives: number; people?: number }
export interface Arrivals { now: number; origin: number; p_kms: number; s_kms: number; blind_km: number; items: Arrival[] }
export interface BuildingKind extends Named { source?: string; verified?: boolean }
export interface Exposure { loaded: boolean; name: string; kind: string; buildings: number; people: number; generated: boolean; types: BuildingKind[]; townships: number; imported_at: number | null }
