import { computed, onUnmounted, ref, type Ref } from 'vue'
import { link } from '@shared/live'
import type { Fronts } from './QuakeMap.vue'
import type { Arrivals, Quake } from './types'

/** The node's clock, for every picture. */
export const nodeClock = () => Date.now() + link.skew
const kTick_ms = 200
const kReplayTail_ms = 15_000

/** The clock of the fronts: the node's, or the earthquake once more from its beginning. `now` moves five times a second. */
export function useFronts(quake: Ref<Quake | null>, arrivals: Ref<Arrivals | null>) {
  const begun = ref(0)
  const clock = () => (begun.value ? arrivals.value!.origin + (Date.now() - begun.value) : nodeClock())
  const now = ref(clock())
  const last = computed(() => arrivals.value?.items.reduce((m, a) => Math.max(m, a.s_arrives), 0) || (arrivals.value ? arrivals.value.origin + 60_000 : 0))
  const timer = setInterval(() => {
    now.value = clock()
    if (begun.value && now.value > last.value + kReplayTail_ms) begun.value = 0
  }, kTick_ms)
  onUnmounted(() => clearInterval(timer))
  const running = computed(() => !!arrivals.value && !quake.value?.withdrawn && (begun.value > 0 || now.value < last.value + kReplayTail_ms))
  const fronts = computed<Fronts | null>(() => (running.value && arrivals.value && quake.value
    ? { lon: quake.value.lon, lat: quake.value.lat, depth_km: quake.value.depth_km, origin: arrivals.value.origin, p_kms: arrivals.value.p_kms, s_kms: arrivals.value.s_kms, blind_km: arrivals.value.blind_km, clock } : null))
  function replay() { begun.value = begun.value ? 0 : Date.now(); now.value = clock() }
  return { now, running, replaying: computed(() => begun.value > 0), fronts, replay }
}
