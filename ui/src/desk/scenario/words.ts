import { t } from '@shared/i18n'
import { numberText } from '@shared/words'
import type { Retrofit } from './types'

/** 「1/250」, as engineers say drifts; 0 has none. */
export function driftText(drift: number): string {
  const one = Math.abs(drift)
  return one < 1e-5 ? '0' : one >= 0.2 ? numberText(one, 2) : `1/${numberText(Math.max(1, Math.round(1 / one) > 100 ? Math.round(1 / one / 10) * 10 : Math.round(1 / one)))}`
}
export const hourText = (hour: number): string => t('scenario.hourAt', { hour, who: t(`scenario.hourOf.${hour < 6 || hour >= 22 ? 'asleep' : hour < 8 || hour >= 18 ? 'home' : 'out'}`) })
export const retrofitText = (r: Retrofit, name: string): string => t('scenario.retrofitOne', { name, from: t(`scenario.code.${r.code_from}`), to: t(`scenario.code.${r.code_to}`) })
/** 12 300 J → 「12.3 kJ」. */
export function energyText(joule: number): string {
  const [n, unit] = joule >= 1e9 ? [joule / 1e9, 'GJ'] : joule >= 1e6 ? [joule / 1e6, 'MJ'] : joule >= 1e3 ? [joule / 1e3, 'kJ'] : [joule, 'J']
  return `${numberText(n, n < 10 ? 2 : 0)} ${unit}`
}
/** How the grades moved between two runs: how many buildings more (or fewer) stand in each. */
export const shift = (now: number[], before: number[]): number[] => now.map((n, g) => n - (before[g] ?? 0))
