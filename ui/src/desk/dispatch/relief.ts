/** A question for relief goods as it is typed, and what of a plan is drawn. */
import type { At } from '../roads/types'
import type { Demand, Plan, ReliefAsked, Trip } from './types'

export interface DemandTyped extends Partial<At> { name: string; place: string; goods: { good: string; amount: number | null }[]; priority: 1 | 2 | 3; latest: number | null }
export interface ReliefTyped { name: string; demands: DemandTyped[]; seconds: number; keep: number }
export const kSeconds = { least: 2, most: 60, usual: 10 }
export const kDemandsMost = 200
export const emptyDemand = (good = ''): DemandTyped => ({ name: '', place: '', goods: [{ good, amount: null }], priority: 2, latest: null })
export const emptyRelief = (): ReliefTyped => ({ name: '', demands: [emptyDemand()], seconds: kSeconds.usual, keep: 0 })

/** Rows that ask for something somewhere. */
export const filled = (f: ReliefTyped): DemandTyped[] => f.demands.filter((d) => (d.place || d.lon !== undefined) && d.goods.some((g) => g.good && (g.amount ?? 0) > 0))
export function askedFor(f: ReliefTyped, name: string): ReliefAsked {
  return {
    name: f.name.trim() || name, seconds: Math.min(kSeconds.most, Math.max(kSeconds.least, Math.round(f.seconds))), ...(f.keep > 0 ? { keep_share: f.keep / 100 } : {}),
    demands: filled(f).map((d): Demand => ({ name: d.name, ...(d.place ? { place: d.place } : { lon: d.lon, lat: d.lat }), priority: d.priority, ...(d.latest ? { latest: d.latest } : {}), goods: d.goods.filter((g) => g.good && (g.amount ?? 0) > 0).map((g) => ({ good: g.good, amount: g.amount! })) })),
  }
}
/** Trips between the same two points are one line, as wide as they are many. */
export function linesOf(trips: Trip[], whereOf: (warehouse: number) => At | undefined): { from: At; to: At; trips: Trip[]; width: number }[] {
  const by = new Map<string, Trip[]>()
  for (const t of trips) { const k = `${t.warehouse.record}>${t.demand.lon},${t.demand.lat}`; by.set(k, [...(by.get(k) ?? []), t]) }
  return [...by.values()].flatMap((list) => {
    const w = list[0].warehouse
    const from = whereOf(w.record)
    return from ? [{ from, to: list[0].demand, trips: list, width: Math.min(7, 2 + Math.sqrt(list.length)) }] : []
  })
}
/** Rows of what is not given, for whoever has to ask elsewhere. */
export const unmetRows = (p: Plan) => p.demands.flatMap((d) => d.goods.filter((g) => g.unmet > 0).map((g) => ({ demand: d.name, ...g })))
