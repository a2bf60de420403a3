import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@shared/api'
import type { AlarmRule, Situation } from '@shared/types'
import { kept } from '../parts/kept'
import { byUrgency, highestOf, isCalling } from './urgency'

/** Situations on one page; one storm is one situation, so more than this is not a queue any more. */
const kShown = 200

/** What stands, most urgent first, and whether the desk calls for it. Read again when the node says signals changed. */
export const useAlarms = defineStore('alarms', () => {
  const items = shallowRef<Situation[]>([])
  const total = ref(0)
  const loaded = ref(false)
  const muted = kept('signals.muted', false)
  async function load() {
    const page = await api.situations({ state: 'open', limit: kShown })
    items.value = page.items.filter((s) => s.state !== 'closed').sort(byUrgency)
    total.value = page.total
    loaded.value = true
  }
  /** What an action answered, before the node's hint arrives. */
  function put(s: Situation) {
    items.value = [...items.value.filter((x) => x.id !== s.id), ...(s.state === 'closed' ? [] : [s])].sort(byUrgency)
  }
  const calling = computed(() => items.value.filter(isCalling))
  const level = computed(() => highestOf(calling.value))
  return { items, total, loaded, muted, calling, level, load, put }
})

/** The rules of the pack by id; read once, for they change with a restart only. Their counts are read by the page of rules. */
export const useRules = defineStore('rules', () => {
  const rules = shallowRef<AlarmRule[]>([])
  let asked: Promise<void> | null = null
  function load() {
    asked ??= api.rules().then((r) => { rules.value = r.items }).catch((error: unknown) => { asked = null; throw error })
    return asked
  }
  const rule = (id: string) => rules.value.find((r) => r.id === id)
  return { rules, load, rule }
})
