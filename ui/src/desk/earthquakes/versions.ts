/** What a later version of an earthquake, or a later estimate, changed. */
import { t } from '@shared/i18n'
import { numberText } from '@shared/words'
import { distanceOf } from './countdown'
import type { Estimate, Version } from './types'
import { magnitudeText, rangeText, roman } from './words'

export function changes(now: Version, before: Version | undefined): string[] {
  if (!before) return [t('earthquakes.version.first')]
  const list: string[] = []
  const moved = distanceOf(now, before)
  if (now.magnitude.toFixed(1) !== before.magnitude.toFixed(1)) list.push(t('earthquakes.version.magnitude', { before: magnitudeText(before.magnitude), after: magnitudeText(now.magnitude) }))
  if (moved >= 0.5) list.push(t('earthquakes.version.moved', { km: numberText(moved, 1) }))
  if (Math.abs(now.depth_km - before.depth_km) >= 0.5) list.push(t('earthquakes.version.depth', { before: numberText(before.depth_km, 0), after: numberText(now.depth_km, 0) }))
  if (now.stations && now.stations !== before.stations) list.push(t('earthquakes.version.stations', { before: numberText(before.stations ?? 0), after: numberText(now.stations) }))
  if (now.source !== before.source) list.push(t('earthquakes.version.source', { name: t(`earthquakes.source.${now.source}`) }))
  if (now.final && !before.final) list.push(t('earthquakes.version.final'))
  return list.length ? list : [t('earthquakes.version.same')]
}
export function estimateChanges(now: Estimate, before: Estimate | undefined): string[] {
  if (!before) return []
  const list: string[] = []
  if (rangeText(now.dead) !== rangeText(before.dead)) list.push(t('earthquakes.version.dead', { before: rangeText(before.dead), after: rangeText(now.dead) }))
  if (roman(now.intensity_max) !== roman(before.intensity_max)) list.push(t('earthquakes.version.intensity', { before: roman(before.intensity_max), after: roman(now.intensity_max) }))
  return list.length ? list : [t('earthquakes.version.same')]
}
