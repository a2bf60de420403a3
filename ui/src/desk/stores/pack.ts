import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import { api } from '@shared/api'
import { named } from '@shared/i18n'
import type { Named, Pack, RecordType } from '@shared/types'

type Lists = 'hazards' | 'levels' | 'ranks' | 'post_kinds' | 'channels' | 'answers' | 'record_types'

/** What this node declares: hazards, ranks, channels, answers, rules and record types. */
export const usePack = defineStore('pack', () => {
  const pack = shallowRef<Pack | null>(null)
  let asked: Promise<void> | null = null
  function load() {
    asked ??= api.pack().then((p) => { pack.value = p }).catch((error: unknown) => { asked = null; throw error })
    return asked
  }
  const list = (kind: Lists): Named[] => pack.value?.[kind] ?? []
  const name = (kind: Lists, id: string | null | undefined) => (id ? named(list(kind).find((x) => x.id === id), id) : '')
  const recordType = (id: string): RecordType | undefined => pack.value?.record_types.find((r) => r.id === id)
  return { pack, load, list, name, recordType }
})
