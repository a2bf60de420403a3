/** Minutes, lengths and differences as people read them. */
import { t } from '@shared/i18n'
import { clock } from '@shared/time'
import { listText, numberText, whenText } from '@shared/words'
import type { Period, RoadState, StateKind } from './types'

/** 「12 分」 「1 小时 5 分」; below one 「不到 1 分」; none: no way. */
export function travelText(minutes: number | null | undefined): string {
  if (minutes === null || minutes === undefined) return t('roads.never')
  if (minutes < 1) return t('roads.underOne')
  const m = Math.round(minutes)
  const h = Math.floor(m / 60)
  return !h ? t('time.m', { m }) : m % 60 ? t('time.hm', { h, m: m % 60 }) : t('time.h', { h })
}
export const kmText = (km: number): string => (km < 1 ? t('roads.metres', { n: numberText(Math.round(km * 100) * 10) }) : t('roads.km', { n: numberText(km, km < 100 ? 1 : 0) }))
/** A share between 0 and 1. It never says 100 % of what is not all, nor 0 % of what is not nothing. */
export function shareText(share: number): string {
  const rounded = Math.round(share * 1000) / 10
  return `${numberText(share < 1 && rounded >= 100 ? 99.9 : share > 0 && rounded <= 0 ? 0.1 : rounded, 1)} %`
}
/** +1,203 or −86, with a true minus; 0 has no sign. */
export const signedText = (n: number): string => (n > 0 ? `+${numberText(n)}` : n < 0 ? `\u2212${numberText(-n)}` : '0')
export const untilWords = (until: number | null | undefined): string => (until ? t('roads.until', { when: whenText(until) }) : t('roads.untilLifted'))
export const arriveText = (at: number | null | undefined): string => (at ? t('roads.arrive', { clock: clock(at) }) : '')
export const whoOf = (by: RoadState['set_by'] | null | undefined): string => (typeof by === 'string' ? by : by?.name ?? '')
/** 「封闭」 「限速 20 km/h」 「限重 10 t」 「单向 向东」. */
export function kindText(s: { kind: StateKind; speed_kmh?: number | null; weight_t?: number | null; bearing?: number | null }): string {
  return s.kind === 'slow' && s.speed_kmh ? t('roads.kindOf.slow', { n: numberText(s.speed_kmh) })
    : s.kind === 'weight' && s.weight_t ? t('roads.kindOf.weight', { n: numberText(s.weight_t, 1) })
      : s.kind === 'one_way' && typeof s.bearing === 'number' ? t('roads.kindOf.one_way', { way: compassText(s.bearing) })
        : t(`roads.kind.${s.kind}`)
}
const winds = ['n', 'ne', 'e', 'se', 's', 'sw', 'w', 'nw'] as const
export const compassText = (bearing: number): string => t(`roads.wind.${winds[Math.round((((bearing % 360) + 360) % 360) / 45) % 8]}`)

/** The next middle of this period of the day, in the node's zone: what the ways are like then. */
export function departFor(period: Period | undefined, now: number, utcOffset_minutes: number): number | undefined {
  if (!period) return undefined
  const kDay = 1440
  const length = (period.to_minute - period.from_minute + kDay) % kDay || kDay
  const middle = (period.from_minute + Math.floor(length / 2)) % kDay
  const local = now + utcOffset_minutes * 60_000
  const at = Math.floor(local / (kDay * 60_000)) * kDay * 60_000 + middle * 60_000
  return (at > local ? at : at + kDay * 60_000) - utcOffset_minutes * 60_000
}

/** Each name once, at most so many; what is left out is counted. */
export function namesText(names: string[], most = 8): string {
  const own = [...new Set(names.filter(Boolean))]
  return own.length > most ? t('roads.andMore', { names: listText(own.slice(0, most)), n: numberText(own.length - most) }) : listText(own)
}
