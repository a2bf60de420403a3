import { onUnmounted } from 'vue'
import { on, onComeback, subscribe } from '@shared/live'

/** Calls `work` soon after the node says that one of these earthquakes changed (`id` 0: any), and after the link came back. */
export function followQuakes(id: () => number, work: () => unknown, wait_ms = 300) {
  let timer = 0
  const soon = () => { timer ||= window.setTimeout(() => { timer = 0; void work() }, wait_ms) }
  const ends = [subscribe('earthquakes'), on('earthquakes', (m) => { if (!id() || m.earthquakes.includes(id())) soon() }), onComeback(soon)]
  onUnmounted(() => { ends.forEach((f) => f()); clearTimeout(timer) })
}
