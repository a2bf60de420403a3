import { onUnmounted } from 'vue'
import { on, onComeback, subscribe } from '@shared/live'

/** Calls `work` soon after the node says that something of these topics changed (states of roads come with `missions`), and after the link came back. */
export function follow(topics: ('missions' | 'records')[], work: () => unknown, wait_ms = 250) {
  let timer = 0
  const soon = () => { timer ||= window.setTimeout(() => { timer = 0; if (!document.hidden) void work() }, wait_ms) }
  const shown = () => { if (!document.hidden) soon() }
  document.addEventListener('visibilitychange', shown)
  const ends = [...topics.map((x) => subscribe(x)), ...topics.map((x) => on(x, soon)), onComeback(soon)]
  onUnmounted(() => { document.removeEventListener('visibilitychange', shown); ends.forEach((f) => f()); clearTimeout(timer) })
}
