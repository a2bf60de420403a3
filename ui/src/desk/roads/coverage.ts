/** What is tried on the map without being kept: stations moved, added and left out. And what the circle becomes by it. */
import type { At, Compared, CoverageAsked, Count, Coverage, ResponseCircle, RoadFacts, Station } from './types'

export interface Trial { moved: Record<number, At>; added: At[]; removed: number[] }
export const noTrial = (): Trial => ({ moved: {}, added: [], removed: [] })
export const tried = (x: Trial): boolean => x.added.length + x.removed.length + Object.keys(x.moved).length > 0

/** Only what differs from the circle of the pack is sent in full. */
export function askedFor(circle: ResponseCircle, aircraft: string, within: string, trial: Trial, polygons: boolean): CoverageAsked {
  const own = circle.by_air && aircraft && aircraft !== circle.profile
  return {
    circle: own ? { facilities: circle.facilities, minutes: circle.minutes, by_air: true, aircraft, share: circle.share } : circle.id,
    within, polygons,
    ...(Object.keys(trial.moved).length ? { moved: Object.entries(trial.moved).map(([record, at]) => ({ record: Number(record), lon: at.lon, lat: at.lat })) } : {}),
    ...(trial.added.length ? { added: trial.added } : {}),
    ...(trial.removed.length ? { removed: trial.removed } : {}),
  }
}
/** What the figures say against how it is: together, and each way. */
export function changeOf(c: Compared, ofPeople: boolean): { net: number; more: number; less: number } {
  const [more, less] = ofPeople ? [c.people_more, c.people_less] : [c.villages_more_total, c.villages_less_total]
  return { net: more - less, more, less }
}
/** How many are missing to the standard: people, or villages where those are measured. */
export function shortOf(c: Pick<Coverage, 'standard' | 'rings' | 'villages'>, share: number): number {
  if (c.standard?.of === 'people') return c.standard.people_short ?? 0
  return Math.max(0, Math.ceil(c.villages * share) - (c.rings.at(-1)?.villages ?? 0))
}
/** A dot's size grows with the root of the people it stands for, within what can be pressed and told apart. */
export const dotSize = (people: Count): number => Math.min(12, Math.max(3.5, Math.sqrt(people ?? 0) / 5))
export const aircraftOf = (facts: RoadFacts | null, circle: ResponseCircle | undefined): string =>
  circle?.by_air ? (facts?.aircraft.some((a) => a.id === circle.profile) ? circle.profile : facts?.aircraft[0]?.id ?? '') : ''
/** Stations that the node left out stay in the list, so that they can be put back. */
export function withRemoved(now: Station[], known: Map<number, Station>, trial: Trial): Station[] {
  const have = new Set(now.map((s) => s.record ?? 0))
  return [...now, ...trial.removed.filter((r) => !have.has(r) && known.has(r)).map((r) => ({ ...known.get(r)!, people: 0, villages: 0, alone_people: 0, alone_villages: 0 }))]
}
