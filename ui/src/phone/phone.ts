/** The one outbox and store of this page, and what the screens watch of them. */
import { computed, ref, shallowRef } from 'vue'
import type { Ask, AskAnswered } from './ask'
import { Outbox, type Queued } from './outbox'
import { openStore, type PhoneStore } from './phone_store'
import { newKey, post } from './server'

let store: PhoneStore
let box: Outbox

export const online = ref(navigator.onLine)
export const link = ref(true)
/** False when this browser cannot keep waiting answers over a reload. */
export const durable = ref(true)
const items = shallowRef<Queued[]>([])
export const waiting = computed(() => items.value.filter((i) => !i.refused))
export const refused = computed(() => items.value.filter((i) => i.refused))
export const now = ref(Date.now())

/** Only one page of this phone sends at a time; where locks are missing the server drops the doubles. */
async function alone(work: () => Promise<void>): Promise<boolean> {
  if (!navigator.locks) return work().then(() => true)
  return navigator.locks.request('anlan-outbox', { ifAvailable: true }, async (lock) => {
    if (lock) await work()
    return lock !== null
  })
}

export async function startPhone(): Promise<void> {
  store = await openStore()
  durable.value = store.durable
  box = new Outbox({
    store,
    post,
    now: () => Date.now(),
    random: () => Math.random(),
    newKey,
    after(wait_ms, run) {
      const timer = setTimeout(run, wait_ms)
      return () => clearTimeout(timer)
    },
    alone,
  })
  box.watch(() => {
    items.value = [...box.waiting(), ...box.refused()]
    if (box.link !== 'unknown') link.value = box.link === 'good'
  })
  const back = () => {
    online.value = navigator.onLine
    now.value = Date.now()
    if (document.visibilityState === 'visible' || navigator.onLine) void box.retryNow()
  }
  addEventListener('online', back)
  addEventListener('offline', () => (online.value = false))
  addEventListener('focus', back)
  addEventListener('pageshow', back)
  document.addEventListener('visibilitychange', back)
  setInterval(() => (now.value = Date.now()), 1000)
  await box.open()
}

export const give = (...args: Parameters<Outbox['add']>) => box.add(...args)
/** A report that is no answer. */
export const givePosted = (...args: Parameters<Outbox['post']>) => box.post(...args)
export const watchPosted = (run: (item: Queued) => void) => box.watchPosted(run)
export const dismiss = (key: string) => box.dismiss(key)
export const retryNow = () => box.retryNow()
export const watchSent = (run: (ask: AskAnswered) => void) => box.watchSent(run)
export const lastAsk = (token: string) => store.lastAsk(token).catch(() => null)
export const keepAsk = (ask: Ask) => store.keepAsk(ask).catch(() => undefined)
