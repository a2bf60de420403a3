import { computed, ref } from 'vue'
import { link } from './live'

/** Times are shown in the node's zone, whatever the zone of this machine. */
const zone = ref(480)
export function setZone(minutes: number | undefined) { zone.value = minutes ?? 480 }

const tick = ref(Date.now())
setInterval(() => { tick.value = Date.now() }, 1000)
/** The node's clock as far as we know it, moving once a second. */
export const realNow = computed(() => tick.value + link.skew)
/** The moment of the past that is looked at; null: the present. */
export const replayAt = ref<number | null>(null)
/** What "now" means on the screen: the present, or the moment looked back at. */
export const now = computed(() => replayAt.value ?? realNow.value)

/** A Date whose UTC fields are the node's local fields. */
function local(ms: number) { return new Date(ms + zone.value * 60_000) }
const two = (n: number) => String(n).padStart(2, '0')

export function clock(ms: number, seconds = false) {
  const d = local(ms)
  return `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}` + (seconds ? `:${two(d.getUTCSeconds())}` : '')
}
export function dayKey(ms: number) { return local(ms).toISOString().slice(0, 10) }
export function parts(ms: number) {
  const d = local(ms)
  return { year: d.getUTCFullYear(), month: d.getUTCMonth() + 1, day: d.getUTCDate(), weekday: d.getUTCDay() }
}

/** Value of <input type="datetime-local"> and back, in the node's zone. */
export function toInput(ms: number | null | undefined) { return ms ? local(ms).toISOString().slice(0, 16) : '' }
export function fromInput(text: string): number | undefined {
  const ms = Date.parse(text.length === 10 ? `${text}T00:00Z` : `${text}Z`)
  return Number.isNaN(ms) ? undefined : ms - zone.value * 60_000
}

/** A span cut to its two largest units; the words come from the message files. */
export function span(ms: number): { days: number; hours: number; minutes: number; seconds: number } {
  const s = Math.floor(Math.abs(ms) / 1000)
  return { days: Math.floor(s / 86400), hours: Math.floor(s / 3600) % 24, minutes: Math.floor(s / 60) % 60, seconds: s % 60 }
}
