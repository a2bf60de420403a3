import { api } from '@shared/api'
import { t } from '@shared/i18n'
import type { AnyRule } from '@shared/types'
import { useNotes } from '../../stores/notes'
import { useSession } from '../../stores/session'
import { useRules } from '../alarms'
import { ruleName } from '../words'
import { allOf, isOn, yamlOf } from './book'

/** Rules are written by administrators; the server decides, this only hides. */
export const mayAuthor = () => useSession().can('admin')
/** Its text was written here: over the pack's, or beside it. */
export const isChanged = (r: AnyRule) => !!r.own

async function undone(work: () => Promise<unknown>) {
  const notes = useNotes()
  try { await work(); notes.say(t('rule.undone')) } catch (error) { notes.say(t('rule.notUndone', { why: error instanceof Error ? error.message : '' })) }
  await useRules().reload().catch(() => {})
}
/** What was there before: the own text, or the pack's. */
const backTo = async (rule: AnyRule) => {
  await (isChanged(rule) ? api.saveRule(rule.id, yamlOf(rule)) : api.dropRule(rule.id))
  const now = allOf(await api.rules()).find((r) => r.id === rule.id)
  if (now && isOn(now) !== isOn(rule)) await api.switchRule(rule.id, isOn(rule))
}

/** Each is done at once, says so, and can be taken back from the note. */
export async function saveRule(before: AnyRule | null, id: string, yaml: string, key: string) {
  await api.saveRule(id, yaml, key)
  const rules = useRules()
  await rules.reload()
  const now = rules.rule(id)
  if (now && !isOn(now) && !before) { await api.switchRule(id, true); await rules.reload() }
  useNotes().say(t(before ? 'rule.saved' : 'rule.made', { name: now ? ruleName(now) : id }), () => void undone(() => (before ? backTo(before) : api.dropRule(id))))
}
export async function switchRule(rule: AnyRule, on: boolean, key: string) {
  await api.switchRule(rule.id, on, key)
  await useRules().reload()
  useNotes().say(t(on ? 'rule.switchedOn' : 'rule.switchedOff', { name: ruleName(rule) }), () => void undone(() => api.switchRule(rule.id, !on)))
}
export async function dropRule(rule: AnyRule, key: string) {
  await api.dropRule(rule.id, key)
  await useRules().reload()
  useNotes().say(t(useRules().rule(rule.id) ? 'rule.restored' : 'rule.dropped', { name: ruleName(rule) }), () => void undone(async () => {
    await api.saveRule(rule.id, yamlOf(rule))
    if (!isOn(rule)) await api.switchRule(rule.id, false)
  }))
}
