import { defineStore } from 'pinia'
import { computed, ref, shallowRef } from 'vue'
import { api, ApiError } from '@shared/api'
import { closeLive, link } from '@shared/live'
import { setZone } from '@shared/time'
import type { DemoAccount, RoleName, Session } from '@shared/types'

/** Who is signed in, and what the node says about itself. The server decides; `can` only hides. */
export const useSession = defineStore('session', () => {
  const me = shallowRef<Session | null>(null)
  const demoAccounts = ref<DemoAccount[]>([])
  const failure = ref<ApiError | null>(null)

  function take(session: Session) {
    me.value = session
    setZone(session.node.utc_offset_minutes)
    link.skew = session.node.now - Date.now()
    failure.value = null
  }
  async function load(): Promise<boolean> {
    try {
      take(await api.session())
      return true
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      if (error.status === 401) demoAccounts.value = (error.body as { demo?: { accounts?: DemoAccount[] } } | undefined)?.demo?.accounts ?? []
      failure.value = error.status === 401 ? null : error
      return false
    }
  }
  async function signIn(account: string, password: string) { take(await api.signIn(account, password)) }
  async function signOut() {
    await api.signOut()
    forget()
    await load()
  }
  function passwordChanged() { if (me.value) me.value = { ...me.value, must_change_password: false } }
  function forget() {
    me.value = null
    closeLive()
  }
  const roles = computed(() => new Set(me.value?.roles.map((r) => r.role)))
  const can = (...wanted: RoleName[]) => roles.value.has('admin') || wanted.some((r) => roles.value.has(r))
  return { me, demoAccounts, failure, load, signIn, signOut, passwordChanged, forget, can }
})
