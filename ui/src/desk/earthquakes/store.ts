import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import type { ApiError } from '@shared/api'
import { quakeApi } from './api'
import type { Losses, QuakeDetail, QuakeMap, Survey } from './types'

export type QuakeLayer = 'contours' | 'towns' | 'stations' | 'surveys' | 'fault' | 'fronts' | 'buildings'
export const kQuakeLayers: QuakeLayer[] = ['contours', 'towns', 'stations', 'surveys', 'fault', 'fronts', 'buildings']

/** The earthquake that is open, what its map and its estimate say, and what is switched on. */
export const useQuake = defineStore('quake', () => {
  const quake = shallowRef<QuakeDetail | null>(null)
  const map = shallowRef<QuakeMap | null>(null)
  const losses = shallowRef<Losses | null>(null)
  const surveys = shallowRef<Survey[]>([])
  /** Why there is no estimate: it is being made, nothing is known of the buildings, or a failure. */
  const without = shallowRef<{ kind: 'waiting' | 'exposure' | 'failed'; error: ApiError | null } | null>(null)
  /** Single buildings cover the degrees below them, so they come when they are asked for. */
  const hidden = ref<QuakeLayer[]>(['buildings'])
  const town = ref('')
  let turn = 0

  async function load(id: number) {
    const mine = ++turn
    if (quake.value?.id !== id) { quake.value = null; map.value = null; losses.value = null; surveys.value = []; without.value = null; town.value = '' }
    const [one, drawn, points] = await Promise.all([quakeApi.one(id), quakeApi.map(id).catch(() => null), quakeApi.surveys(id).catch(() => null)])
    if (mine !== turn) return
    const said = one.estimates.length ? await quakeApi.losses(id).catch((e: unknown) => e as ApiError) : null
    if (mine !== turn) return
    quake.value = one
    map.value = drawn ?? map.value
    surveys.value = points?.items ?? drawn?.surveys ?? []
    if (!said) { losses.value = null; without.value = { kind: one.exposure ? 'waiting' : 'exposure', error: null } }
    else if ('total' in said) { losses.value = said; without.value = null }
    else { losses.value = null; without.value = { kind: said.status === 404 ? 'waiting' : said.status === 503 ? 'exposure' : 'failed', error: said } }
  }
  const shown = (l: QuakeLayer) => !hidden.value.includes(l)
  function toggle(l: QuakeLayer) { hidden.value = shown(l) ? [...hidden.value, l] : hidden.value.filter((x) => x !== l) }
  return { quake, map, losses, surveys, without, hidden, town, load, shown, toggle }
})
