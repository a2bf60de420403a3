/** By helicopter and on by road: the question as it is typed, and the answer in words and on the map. */
import { t } from '@shared/i18n'
import { type Spot, spotName, spotOf, spotText, whence } from '../roads/points'
import type { At } from '../roads/types'
import { travelText } from '../roads/words'
import type { AirAsked, AirChain } from './types'

/** Numbers are '' while their field is empty. `day`: as if the night made no difference. */
export interface AirTyped { aircraft: string; load: number | ''; when: number | null; day: boolean; wind: number | ''; visibility: number | ''; cloud: number | '' }
export const emptyAir = (): AirTyped => ({ aircraft: '', load: '', when: null, day: false, wind: '', visibility: '', cloud: '' })
export const kPlacesMost = 20
/** On the ground, from the landing point on. */
export const kOnward = 'car'
export const kAirLimits = { load: 100_000, wind: 150, visibility: 1_000, cloud: 30_000 }

/** Several points in one address: parted by a bar, which no name keeps. */
export const spotsText = (list: (Spot | null)[]): string => list.flatMap((s) => (s ? [spotText(s).replaceAll('|', '/')] : [])).join('|')
export const spotsOf = (text: string | null | undefined): Spot[] => (text ?? '').split('|').flatMap((x) => spotOf(x) ?? []).slice(0, kPlacesMost)

/** What makes no sense is sent as it is: the node says which field it refuses. */
export function askedAir(f: AirTyped, to: Spot[]): AirAsked {
  const given = (x: number | '') => typeof x === 'number'
  const weather = {
    ...(given(f.wind) ? { wind_ms: f.wind as number } : {}),
    ...(given(f.visibility) ? { visibility_km: f.visibility as number } : {}),
    ...(given(f.cloud) ? { cloud_base_m: f.cloud as number } : {}),
  }
  return {
    aircraft: f.aircraft, profile: kOnward, at: to.map((s) => ({ ...whence(s), name: spotName(s) })),
    ...(given(f.load) && f.load ? { load_kg: f.load as number } : {}), ...(f.when ? { when: f.when } : {}), ...(f.day ? { day: true } : {}),
    ...(Object.keys(weather).length ? { weather } : {}),
  }
}

/** 「起飞前 20 分 → 甲场 起飞 → 加油 20 分 → 飞 12 分，降落 乙场 → 公路 8 分」. What the legs do not hold passes before take-off; when it is long, that is the night. */
const kNight_min = 60
export function chainWords(c: Pick<AirChain, 'minutes' | 'legs'>, day = false): string[] {
  if (c.minutes === null) return []
  const before = c.minutes - c.legs.reduce((s, l) => s + l.minutes, 0)
  const first = c.legs.find((l) => l.kind === 'air')
  return [
    ...(before >= 0.5 ? [t(before >= kNight_min && !day ? 'dispatch.air.beforeDay' : 'dispatch.air.before', { span: travelText(before) })] : []),
    ...(first ? [t('dispatch.air.takeOff', { name: first.from })] : []),
    ...c.legs.map((l) => t(`dispatch.air.leg.${l.kind}`, { span: travelText(l.minutes), to: l.to })),
  ]
}

export interface Landing extends At { record: number; name: string }
export interface LegDrawn { kind: 'air' | 'road'; from: At; to: At }
/**
 * Legs with the points they join. The answer names landing points; of those with the same name the one nearest to where
 * the leg goes on is meant, so the way is followed from its end. A leg from an unknown point is left out.
 */
export function legsDrawn(c: Pick<AirChain, 'lon' | 'lat' | 'legs'>, landings: Landing[]): { legs: LegDrawn[]; landings: Landing[] } {
  const legs: LegDrawn[] = []
  const used: Landing[] = []
  let to: At | undefined = { lon: c.lon, lat: c.lat }
  for (const l of [...c.legs].reverse()) {
    if (l.kind === 'refuel') continue
    const from: Landing | undefined = to && nearest(landings.filter((x) => x.name === l.from), to)
    if (from && to) { legs.unshift({ kind: l.kind, from, to }); used.unshift(from) }
    to = from
  }
  return { legs, landings: used }
}
function nearest(list: Landing[], to: At): Landing | undefined {
  const far = (x: At) => Math.hypot((x.lon - to.lon) * Math.cos((to.lat * Math.PI) / 180), x.lat - to.lat)
  return list.reduce<Landing | undefined>((best, x) => (best && far(best) <= far(x) ? best : x), undefined)
}
