/** Degrees, ranges, magnitudes and sums as people read them. */
import { language, t } from '@shared/i18n'
import { numberText } from '@shared/words'
import type { Range } from './types'

const kRoman = ['Ⅰ', 'Ⅱ', 'Ⅲ', 'Ⅳ', 'Ⅴ', 'Ⅵ', 'Ⅶ', 'Ⅷ', 'Ⅸ', 'Ⅹ', 'Ⅺ', 'Ⅻ']
/** The degrees that are drawn: below Ⅵ nothing breaks. */
export const kDegrees = [6, 7, 8, 9, 10, 11, 12]
/** An intensity from 8 up to 9 is the eighth degree, as its line on the map encloses it. */
export const degreeOf = (intensity: number): number => Math.min(12, Math.max(1, Math.floor(intensity + 1e-9)))
/** What an instrument says is rounded (GB/T 17742-2020). */
export const measuredDegree = (intensity: number): number => degreeOf(Math.round(intensity))
/** 「Ⅷ」 of 8.2. */
export const roman = (intensity: number): string => kRoman[degreeOf(intensity) - 1]
export const degreeText = (intensity: number | null | undefined): string => (intensity === null || intensity === undefined ? '–' : t('earthquakes.degree', { n: roman(intensity) }))
export const magnitudeText = (m: number): string => `M ${m.toFixed(1)}`
export const sigmaText = (sigma: number | null | undefined): string => (sigma ? `± ${sigma.toFixed(1)}` : '')

/** Two figures are what an estimate is worth: down for the lower end, up for the upper. */
export function cut(n: number, up: boolean): number {
  const side = up ? Math.ceil : Math.floor
  if (n < 10) return Math.max(0, side(n - (up ? 0.05 : -0.05)))
  const step = 10 ** (Math.floor(Math.log10(n)) - 1)
  return side(n / step - (up ? 1e-9 : -1e-9)) * step
}
/** 12,000 → 「1.2 万」. */
export function bigText(n: number): string {
  if (language() === 'zh') return n >= 1e8 ? t('earthquakes.yi', { n: numberText(n / 1e8, n < 1e9 ? 1 : 0) }) : n >= 1e4 ? t('earthquakes.wan', { n: numberText(n / 1e4, n < 1e5 ? 1 : 0) }) : numberText(n)
  return n >= 1e9 ? t('earthquakes.yi', { n: numberText(n / 1e9, 1) }) : n >= 1e6 ? t('earthquakes.wan', { n: numberText(n / 1e6, 1) }) : numberText(n)
}
/** 「120–560」, never one number; 「不到 1」 where it most likely stays at none. */
export function rangeText(r: Range | null | undefined): string {
  if (!r) return '–'
  if (r.p90 < 0.5) return t('earthquakes.underOne')
  const [low, high] = [cut(r.p10, false), cut(r.p90, true)]
  return low === high ? t('earthquakes.about', { n: bigText(high) }) : `${bigText(low)}–${bigText(high)}`
}
/** The middle, for where the ends stand beside it. */
export const middleText = (r: Range): string => (r.p50 < 0.5 ? '0' : bigText(Number(r.p50.toPrecision(2)) < 10 ? Math.round(r.p50) : Number(r.p50.toPrecision(2))))
/** A share between 0 and 1; it never says 0 % of what can be, nor 100 % of what may not. */
export function chanceText(p: number): string {
  if (p <= 0) return '0 %'
  if (p < 0.01) return '< 1 %'
  return p > 0.99 && p < 1 ? '> 99 %' : `${Math.round(p * 100)} %`
}
/** Both ends belong to it. */
export const binText = (b: { from: number; to: number | null }): string => (b.to === null ? t('earthquakes.binOver', { n: bigText(b.from) }) : b.from === b.to ? bigText(b.from) : `${bigText(b.from)}–${bigText(b.to)}`)
export const areaText = (km2: number): string => t('earthquakes.km2', { n: numberText(km2, km2 < 100 ? 1 : 0) })
export const kmText = (km: number): string => t('roads.km', { n: numberText(km, km < 100 ? 1 : 0) })
/** 15.2 on a logarithmic axis of whole decades; 0 and 1 share its beginning. */
export function onLog(n: number, decades: number): number { return n <= 1 ? 0 : Math.min(1, Math.log10(n) / decades) }
export const decadesOf = (list: Range[]): number => Math.max(1, Math.ceil(Math.log10(Math.max(10, ...list.map((r) => r.p90)))))
