import { onScopeDispose, ref, shallowRef, watch, type WatchSource } from 'vue'
import { ApiError, newKey } from '@shared/api'
import { onComeback } from '@shared/live'

function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError(-1, 'bug', String(error))
}

/** One thing the user does. The idempotency key stays the same until it succeeds or the user starts anew. */
export function useAction() {
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  let key = newKey()
  let last: (() => Promise<unknown>) | null = null

  async function run<R>(work: (key: string) => Promise<R>): Promise<R | undefined> {
    if (busy.value) return undefined
    busy.value = true
    error.value = null
    last = () => run(work)
    try {
      const result = await work(key)
      key = newKey()
      last = null
      return result
    } catch (e) {
      error.value = asApiError(e)
      if (!error.value.retryable) key = newKey()
      if (error.value.code === 'bug') console.error(e)
      return undefined
    } finally {
      busy.value = false
    }
  }
  return { busy, error, run, retry: () => last?.(), clear: () => { error.value = null } }
}

/** Something read from the node: loads now, again when `sources` change, and after the link came back. Late answers lose. */
export function useLoad<R>(load: (signal: AbortSignal) => Promise<R>, sources?: WatchSource | WatchSource[]) {
  const data = shallowRef<R | null>(null)
  const busy = ref(false)
  const error = shallowRef<ApiError | null>(null)
  let current: AbortController | null = null

  async function reload() {
    current?.abort()
    const mine = (current = new AbortController())
    busy.value = true
    try {
      const got = await load(mine.signal)
      if (mine === current) { data.value = got; error.value = null }
    } catch (e) {
      if (mine === current && !mine.signal.aborted) error.value = asApiError(e)
    } finally {
      if (mine === current) busy.value = false
    }
  }
  if (sources) watch(sources, reload)
  void reload()
  const stop = onComeback(() => void reload())
  onScopeDispose(() => { stop(); current?.abort(); current = null })
  return { data, busy, error, reload }
}
