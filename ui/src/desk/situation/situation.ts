import { computed, onScopeDispose, shallowRef, watch } from 'vue'
import { api } from '@shared/api'
import type { BoardPlace, Totals, Warning, WarningRow } from '@shared/types'
import { useMapTable } from '../map/table'
import { useLoad } from '../parts/action'
import { useQueue } from '../stores/queue'
import { useReplay } from '../stores/replay'
import { useScope } from '../stores/scope'

export interface SeenWarning { warning: WarningRow; totals: Totals | null }
const kWarningsMax = 40
const kReadEvery_ms = 5000
const kEnds = new Set(['cancelled', 'expired', 'superseded'])

/** Was it in force at that moment: issued by then and not ended by then. */
export function inForceAt(w: Warning, at: number): boolean {
  const issued = w.issued_at ?? w.history.find((h) => h.what === 'issued')?.at
  if (!issued || issued > at) return false
  const ended = kEnds.has(w.state) ? [...w.history].reverse().find((h) => kEnds.has(h.what))?.at ?? w.expires : Infinity
  return ended > at
}
/** The live round that was open, or the last one, at that moment. */
export function roundAt(w: Warning, at: number): number | null {
  return [...(w.rounds ?? [])].filter((r) => r.mode === 'live' && r.opened_at <= at).sort((a, b) => b.opened_at - a.opened_at)[0]?.id ?? null
}
export function addPlaces(lists: BoardPlace[][]): BoardPlace[] {
  const by = new Map<string, BoardPlace>()
  for (const list of lists) for (const p of list) {
    const before = by.get(p.code)
    by.set(p.code, before ? { ...before, due: before.due + p.due, called: before.called + p.called, answered: before.answered + p.answered, silent: before.silent + p.silent, attention: (before.attention ?? 0) + (p.attention ?? 0) } : p)
  }
  return [...by.values()]
}

const seen = shallowRef<SeenWarning[]>([])
const loaded = shallowRef(false)

/** What is in force below the place looked at, with who answers where; puts areas and rings on the map. Now, or at a moment. */
export function useSituation() {
  const queue = useQueue()
  const replay = useReplay()
  const scope = useScope()
  const table = useMapTable()
  const past = shallowRef<Warning[] | null>(null)
  const known = new Map<string, Warning>()
  const full = async (w: WarningRow) => {
    const key = `${w.id}.${w.version ?? 0}.${w.state}`
    if (!known.has(key)) known.set(key, await api.warning(w.id))
    return known.get(key)!
  }

  const load = useLoad(async () => {
    const at = replay.seen
    let list: Warning[]
    if (at === null) list = await Promise.all(queue.inForce.slice(0, kWarningsMax).map(full))
    else {
      past.value ??= await Promise.all((await api.warnings({ state: 'all', limit: kWarningsMax })).items.filter((w) => w.issued_at).map(full))
      list = past.value.filter((w) => inForceAt(w, at))
    }
    const boards = await Promise.all(list.map((w) => { const round = at === null ? w.round : roundAt(w, at); return round ? api.board(round, scope.code || undefined, at ?? undefined).catch(() => null) : null }))
    if (at !== replay.seen) return
    seen.value = list.map((warning, i) => ({ warning, totals: boards[i]?.totals ?? null }))
    loaded.value = true
    table.areas = list.filter((w) => w.geometry).map((w) => ({ id: w.id, geometry: w.geometry, level: w.level, on: false }))
    table.rings = addPlaces(boards.map((b) => b?.by_place.filter((p) => !p.own) ?? [])).filter((p) => p.due > 0)
  }, () => [queue.inForce, replay.seen, scope.code])
  watch(() => replay.on, (on) => { if (!on) past.value = null })
  const timer = setInterval(() => { if (!replay.on && seen.value.some((s) => s.totals && s.totals.silent)) void load.reload() }, kReadEvery_ms)
  onScopeDispose(() => { clearInterval(timer); table.areas = []; table.rings = []; seen.value = []; loaded.value = false })
  return { ...useSeen(), error: load.error, reload: load.reload }
}

/** The same, for the panel that shows it without loading it again. */
export function useSeen() {
  const sum = computed(() => seen.value.reduce((s, { totals: x }) => (x ? { due: s.due + x.due, called: s.called + x.called, answered: s.answered + x.answered, silent: s.silent + x.silent, attention: s.attention + (x.attention ?? 0) } : s), { due: 0, called: 0, answered: 0, silent: 0, attention: 0 }))
  return { seen, sum, loaded }
}
