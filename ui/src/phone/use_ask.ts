/** One ask kept fresh: from the phone first, then from the server, then every half minute while the page is looked at. */
import { computed, onUnmounted, ref, shallowRef } from 'vue'
import { mergeAnswers, type Ask } from './ask'
import { keepAsk, lastAsk, link, now, online, waiting, watchSent } from './phone'
import { Fault, getAsk } from './server'

const kRefresh_ms = 30_000
const kRetry_ms = 5_000

export function useAsk(token: string) {
  const ask = shallowRef<Ask | null>(null)
  /** When the server last told us, by the phone's clock; null while we show what the phone kept. */
  const fresh_at = ref<number | null>(null)
  const trouble = ref<'network' | 'gone' | null>(null)
  /** The server's clock minus the phone's. */
  const skew = ref(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  function take(told: Ask) {
    ask.value = told
    fresh_at.value = Date.now()
    if (told.now) skew.value = told.now - Date.now()
    trouble.value = null
    void keepAsk(told)
  }

  async function refresh() {
    clearTimeout(timer)
    let wait = kRefresh_ms
    try {
      const told = await getAsk(token)
      if (closed) return
      take(told)
      link.value = true
    } catch (error) {
      if (closed) return
      const gone = error instanceof Fault && error.code !== 'network' && error.status >= 400 && error.status < 500 && error.status !== 429
      trouble.value = gone ? 'gone' : 'network'
      if (!gone && online.value) link.value = false
      wait = gone ? kRefresh_ms : kRetry_ms
    }
    timer = setTimeout(() => (document.visibilityState === 'visible' ? void refresh() : undefined), wait)
  }
  const look = () => {
    if (document.visibilityState === 'visible') void refresh()
  }

  void lastAsk(token).then((kept) => {
    if (kept && !ask.value) ask.value = kept
  })
  void refresh()
  const stop = watchSent((told) => {
    if (told.token === token && ask.value) take({ ...ask.value, ...told })
  })
  addEventListener('online', look)
  document.addEventListener('visibilitychange', look)
  onUnmounted(() => {
    closed = true
    clearTimeout(timer)
    stop()
    removeEventListener('online', look)
    document.removeEventListener('visibilitychange', look)
  })

  const answers = computed(() => mergeAnswers(ask.value?.answers ?? [], waiting.value.filter((i) => i.token === token)))
  const serverNow = computed(() => now.value + skew.value)
  return { ask, fresh_at, trouble, answers, serverNow, refresh }
}
