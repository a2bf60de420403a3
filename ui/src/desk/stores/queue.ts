import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { api } from '@shared/api'
import type { QueueItem, WarningRow } from '@shared/types'

/** What waits for me, and the warnings that matter now. Both are read again when the node says they changed. */
export const useQueue = defineStore('queue', () => {
  const items = shallowRef<QueueItem[]>([])
  const inForce = shallowRef<WarningRow[]>([])
  const ended = shallowRef<WarningRow[]>([])
  const loaded = shallowRef(false)

  async function loadQueue() { items.value = (await api.queue()).items }
  async function loadWarnings() {
    const [now, past] = await Promise.all([api.warnings({ state: 'in_force', limit: 100 }), api.warnings({ state: 'ended', limit: 30 })])
    inForce.value = now.items
    ended.value = past.items
  }
  async function load() {
    await Promise.all([loadQueue(), loadWarnings()])
    loaded.value = true
  }
  const sorted = computed(() => [...items.value].sort((a, b) => (a.deadline ?? Infinity) - (b.deadline ?? Infinity) || a.since - b.since))
  return { items: sorted, inForce, ended, loaded, load, loadQueue, loadWarnings }
})
