import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import { realNow, replayAt } from '@shared/time'

/** The stretch of time under the map: what lies in it, and where a screen wants it drawn. */
export interface Stretch { from: number; to: number | null; marks: { at: number; level?: string; text: string }[]; curve: { at: number; share: number }[] }

/** While the slider is dragged, screens read the node this often. */
const kReadEvery_ms = 180

/**
 * Looking back: while `at` is set, the situation, a warning and its board show what was known then, and nothing can be done.
 * `seen` follows `at` slowly enough to be asked for. A screen says by `stretch` which time its slider covers; without one
 * it is the last hours.
 */
export const useReplay = defineStore('replay', () => {
  const hours = ref(1)
  const own = ref<Stretch | null>(null)
  const at = computed({ get: () => replayAt.value, set: (ms: number | null) => { replayAt.value = ms === null || ms >= realNow.value ? null : Math.max(1, Math.round(ms)) } })
  const on = computed(() => at.value !== null)
  const seen = ref<number | null>(at.value)
  let timer = 0
  watch(at, (ms, before) => {
    if (ms === null || before === null) { clearTimeout(timer); timer = 0; seen.value = ms; return }
    timer ||= window.setTimeout(() => { timer = 0; seen.value = at.value }, kReadEvery_ms)
  }, { flush: 'sync' })
  const from = computed(() => own.value?.from ?? realNow.value - hours.value * 3.6e6)
  const to = computed(() => Math.max(own.value?.to ?? realNow.value, from.value + 60_000))
  function stretch(s: Stretch | null) { own.value = s }
  return { at, on, seen, from, to, hours, own, stretch }
})
