import type { CoverageRow } from '@shared/types'

/** Can the posts of a place be called? Every post is in one part only. */
export interface Reach { posts: number; sound: number; shared: number; stale: number; none: number; vacant: number; empty: number; people: number }
export const kParts = ['sound', 'shared', 'stale', 'none', 'vacant'] as const

/** Posts with somebody in them are counted by their holders' phones; a person with two faults is counted by the worse. */
export function reachOf(rows: CoverageRow[]): Reach {
  const r = { posts: 0, sound: 0, shared: 0, stale: 0, none: 0, vacant: 0, empty: 0, people: 0 }
  for (const row of rows) {
    r.people += row.people
    r.posts += row.people + row.vacant
    r.vacant += row.vacant
    r.none += row.no_phone ?? 0
    r.stale += row.stale_phone ?? 0
    r.shared += row.shared_phone ?? 0
    r.empty += row.level === 'village' ? Number(!row.people) : row.villages_empty ?? 0
  }
  r.sound = Math.max(0, r.people - r.none - r.stale - r.shared)
  return r
}
export const reachable = (r: Reach) => (r.posts ? (r.sound + r.shared + r.stale) / r.posts : 0)
