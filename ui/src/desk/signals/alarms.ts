import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api } from '@shared/api'
import type { RuleBook, Situation } from '@shared/types'
import { kept } from '../parts/kept'
import { allOf, issuing } from './rules/book'
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

/** The rules by id. Read once, and again after a change or when their page wants fresh counts. */
export const useRules = defineStore('rules', () => {
  const book = shallowRef<RuleBook | null>(null)
  let asked: Promise<void> | null = null
  async function reload() { book.value = await api.rules() }
  function load() {
    asked ??= reload().catch((error: unknown) => { asked = null; throw error })
    return asked
  }
  /** Those over single links; `all` has the other kinds too. */
  const rules = computed(() => book.value?.items ?? [])
  const all = computed(() => allOf(book.value))
  const byId = computed(() => new Map(all.value.map((r) => [r.id, r])))
  const rule = (id: string) => byId.value.get(id)
  const issuers = computed(() => issuing(all.value))
  /** May a warning of this hazard go out without a person's approval? */
  const issues = (hazard: string) => issuers.value.some((r) => r.hazard === hazard)
  return { book, rules, all, issuers, load, reload, rule, issues }
})
