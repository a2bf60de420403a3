import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { named } from '@shared/i18n'
import { roadsApi } from './api'
import type { RoadFacts, RoadState } from './types'

/** The network of this node and the states of its roads. `version` grows whenever a way may have become another. */
export const useRoads = defineStore('roads', () => {
  const facts = shallowRef<RoadFacts | null>(null)
  const states = shallowRef<RoadState[]>([])
  const pieces = shallowRef<GeoJSON.FeatureCollection | null>(null)
  const version = ref(0)
  let told = ''

  async function loadFacts() { facts.value = await roadsApi.facts() }
  async function loadStates() {
    const [list, found] = await Promise.all([roadsApi.states(), roadsApi.pieces()])
    states.value = list.items
    pieces.value = found
    const now = list.items.map((s) => s.id).join()
    if (told !== now) { told = now; version.value++ }
  }
  const load = () => Promise.all([loadFacts(), loadStates()])
  const loaded = computed(() => facts.value?.loaded === true)
  const profile = (id: string) => facts.value?.profiles.find((p) => p.id === id)
  const profileName = (id: string) => named(profile(id), id)
  const good = (id: string) => facts.value?.goods.find((g) => g.id === id)
  return { facts, states, pieces, version, loaded, load, loadFacts, loadStates, profile, profileName, good }
})
