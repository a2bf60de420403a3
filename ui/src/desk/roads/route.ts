import { defineStore } from 'pinia'
import { ref, shallowRef, watch } from 'vue'
import { ApiError } from '@shared/api'
import { t } from '@shared/i18n'
import { realNow } from '@shared/time'
import { useSession } from '../stores/session'
import { roadsApi } from './api'
import { type Spot, spotName, whence } from './points'
import { useScene } from './scene'
import { useRoads } from './store'
import type { RouteAsked, Routes } from './types'
import { departFor } from './words'

/** The way that is asked for. It is asked for again whenever a state of a road may have changed it. */
export const useRouteAsked = defineStore('route', () => {
  const roads = useRoads()
  const scene = useScene()
  const from = shallowRef<Spot | null>(null)
  const to = shallowRef<Spot | null>(null)
  const profile = ref('')
  const depart = ref('now')
  const found = shallowRef<Routes | null>(null)
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  const picked = ref(0)
  /** What the last change of a road did to the time of the first way; null: nothing to say. */
  const changed = shallowRef<{ before: number; after: number | null } | null>(null)
  let shown = false
  let current: AbortController | null = null

  function asked(): RouteAsked | null {
    if (!from.value || !to.value || !profile.value) return null
    const when = departFor(roads.profile(profile.value)?.periods.find((p) => p.id === depart.value), realNow.value, useSession().me?.node.utc_offset_minutes ?? 480)
    return { from: whence(from.value), to: whence(to.value), profile: profile.value, ...(when ? { depart: when } : {}), alternatives: 2, steps: true }
  }
  async function ask(becauseOfRoads = false) {
    const question = asked()
    current?.abort()
    if (!question) { found.value = null; changed.value = null; draw(); return }
    const mine = (current = new AbortController())
    const before = found.value?.routes[0]?.minutes
    busy.value = true
    try {
      const got = await roadsApi.routes(question, mine.signal)
      if (mine !== current) return
      found.value = got
      error.value = null
      picked.value = 0
      const after = got.routes[0]?.minutes ?? null
      changed.value = becauseOfRoads && before !== undefined && before !== after ? { before, after } : null
    } catch (e) {
      if (mine !== current || mine.signal.aborted) return
      found.value = null
      error.value = e instanceof ApiError ? e : new ApiError(-1, 'bug', String(e))
    } finally { if (mine === current) { busy.value = false; draw() } }
  }
  function draw() {
    if (!shown) return
    const list = found.value?.routes ?? []
    scene.put('route', {
      lines: [...list.map((r, i) => ({ r, i })).filter((x) => x.i !== picked.value), ...(list[picked.value] ? [{ r: list[picked.value], i: picked.value }] : [])]
        .map(({ r, i }) => ({ shape: r.shape, tone: i === picked.value ? 'accent' : 'quiet', width: i === picked.value ? 5.5 : 4, dashed: r.estimated, press: () => { picked.value = i } })),
      marks: [...(from.value ? [{ id: 'from', at: [from.value.lon, from.value.lat] as [number, number], kind: 'from' as const, text: t('roads.route.startSign'), title: `${t('roads.route.from')} ${spotName(from.value)}`, drag: (at: [number, number], last: boolean) => { if (last) from.value = { lon: at[0], lat: at[1], name: '' } } }] : []),
        ...(to.value ? [{ id: 'to', at: [to.value.lon, to.value.lat] as [number, number], kind: 'to' as const, text: t('roads.route.endSign'), title: `${t('roads.route.to')} ${spotName(to.value)}`, drag: (at: [number, number], last: boolean) => { if (last) to.value = { lon: at[0], lat: at[1], name: '' } } }] : [])],
    })
  }
  function show() { shown = true; draw() }
  function hide() { shown = false; scene.drop('route') }
  function swap() { const a = from.value; from.value = to.value; to.value = a }
  function clear() { from.value = null; to.value = null }
  watch([from, to, profile, depart], () => void ask())
  watch(() => roads.version, () => { if (shown && found.value) void ask(true) })
  watch(picked, draw)
  watch(() => roads.facts, (f) => { if (f && !profile.value) profile.value = f.profiles.find((p) => p.id === 'car')?.id ?? f.profiles[0]?.id ?? '' }, { immediate: true })
  return { from, to, profile, depart, found, busy, error, picked, changed, asked, ask, show, hide, swap, clear }
})
