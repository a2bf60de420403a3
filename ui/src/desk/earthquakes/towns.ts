/** The table of townships: which come first, which are shown. */
import type { TownLoss } from './types'

export type TownSort = 'priority' | 'name' | 'intensity' | 'people' | 'dead' | 'buried' | 'collapsed' | 'homeless' | 'reported'
const value: Record<Exclude<TownSort, 'name'>, (t: TownLoss) => number> = {
  priority: (t) => t.priority, intensity: (t) => t.intensity_max, people: (t) => t.people, dead: (t) => t.dead.mean, buried: (t) => t.buried.mean, collapsed: (t) => (t.grades[4]?.mean ?? 0),
  homeless: (t) => t.homeless.mean, reported: (t) => (t.reported ? t.reported.collapsed + t.reported.severe + t.reported.dead * 100 + t.reported.injured * 10 : -1),
}
/** `sort` as in the address: a column, or one with a minus for the other way. Equal ones stay in order of priority. */
export function sortedTowns(list: TownLoss[], sort: string, q = ''): TownLoss[] {
  const down = sort.startsWith('-')
  const key = sort.replace('-', '') as TownSort
  const found = list.filter((t) => !q || t.name.includes(q) || (t.county ?? '').includes(q))
  const by = key === 'name' ? (a: TownLoss, b: TownLoss) => a.name.localeCompare(b.name, 'zh') : (a: TownLoss, b: TownLoss) => (value[key as 'priority'] ?? value.priority)(a) - (value[key as 'priority'] ?? value.priority)(b)
  return [...found].sort((a, b) => (down ? -1 : 1) * by(a, b) || a.priority - b.priority)
}
/** 0 the most urgent third of what is urgent at all … 3 the rest; for shades on the map. */
export function urgencyOf(town: TownLoss, count: number): number {
  if (town.dead.p90 < 0.5 && town.homeless.p50 < 1) return 3
  const share = (town.priority - 1) / Math.max(1, count)
  return share < 0.1 || town.priority <= 3 ? 0 : share < 0.3 ? 1 : 2
}
