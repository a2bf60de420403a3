/**
 * What somebody on the spot reports after an earthquake: where, how strong in plain words, how many houses and people.
 * The words follow GB/T 17742-2020 (i18n: survey.felt); degrees below 3 are not felt, above 10 nobody needs to choose.
 */
export interface Quake { id: number; at: number; lon: number; lat: number; magnitude: number; name: string; drill: boolean; withdrawn: unknown }
export interface Survey {
  id: number; at: number; by: string; lon: number; lat: number; place_name?: string; intensity: number | null
  houses_collapsed?: number | null; houses_severe?: number | null; dead?: number | null; injured?: number | null; note?: string; withdrawn?: unknown
}
export interface Town { place: string; name: string; lon: number; lat: number }
export interface QuakeGround { contours: { intensity: number; shape: { type: 'Polygon' | 'MultiPolygon'; coordinates: number[][][] | number[][][][] } }[]; ellipses?: QuakeGround['contours'] }

export const kSurveyDoor = '#survey'
export const kDegrees = [3, 4, 5, 6, 7, 8, 9, 10]
const kRoman = ['Ⅲ', 'Ⅳ', 'Ⅴ', 'Ⅵ', 'Ⅶ', 'Ⅷ', 'Ⅸ', 'Ⅹ', 'Ⅺ', 'Ⅻ']
export const roman = (degree: number): string => kRoman[Math.round(degree) - 3] ?? ''
export const kCounts = ['houses_collapsed', 'houses_severe', 'dead', 'injured'] as const
export type Count = (typeof kCounts)[number]

export interface Draft { lon: number | null; lat: number | null; accuracy_m: number | null; intensity: number | null; counts: Record<Count, string>; note: string }
export const emptyDraft = (): Draft => ({ lon: null, lat: null, accuracy_m: null, intensity: null, counts: { houses_collapsed: '', houses_severe: '', dead: '', injured: '' }, note: '' })
/** A whole number from 0 to 100,000, else nothing. */
export function countOf(text: string): number | undefined {
  const clean = text.trim()
  return /^\d{1,6}$/.test(clean) && Number(clean) <= 100_000 ? Number(clean) : undefined
}
const counted = (d: Draft) => kCounts.filter((k) => countOf(d.counts[k]) !== undefined)
/** What is still missing before it can be sent; '' when nothing is. */
export function missing(d: Draft): '' | 'place' | 'what' | 'number' {
  if (d.lon === null || d.lat === null) return 'place'
  if (kCounts.some((k) => d.counts[k].trim() && countOf(d.counts[k]) === undefined)) return 'number'
  return d.intensity === null && !counted(d).length && !d.note.trim() ? 'what' : ''
}
export function bodyOf(d: Draft): Record<string, number | string> {
  const round = (x: number) => Math.round(x * 1e5) / 1e5
  return {
    lon: round(d.lon!), lat: round(d.lat!), ...(d.intensity === null ? {} : { intensity: d.intensity }),
    ...Object.fromEntries(counted(d).map((k) => [k, countOf(d.counts[k])!])), ...(d.note.trim() ? { note: d.note.trim().slice(0, 1000) } : {}),
  }
}
/** The one a person on the spot most likely means: the strongest of the last day, before its aftershocks; drills only when nothing else is of that day. */
export function likely(list: Quake[], now: number): Quake | null {
  const kDay_ms = 86_400_000
  const standing = list.filter((q) => !q.withdrawn).sort((a, b) => b.at - a.at)
  const today = standing.filter((q) => now - q.at < kDay_ms).sort((a, b) => Number(a.drill) - Number(b.drill) || b.magnitude - a.magnitude || b.at - a.at)
  return today[0] ?? standing[0] ?? null
}
export const surveyPath = (earthquake: number) => `/api/v1/earthquakes/${earthquake}/surveys`
export const withdrawPath = (survey: number) => `/api/v1/surveys/${survey}/withdraw`
/** All surveys of this phone are sent in the order they were made. */
export const kSurveyToken = 'survey'
