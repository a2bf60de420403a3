import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue'

/** A pointer that rests this long inside a list no longer holds it. */
const kHold_ms = 6000

/** True while somebody points into the element: nothing may move under the pointer then. Touch does not hold. */
export function useHeld(): { held: Ref<boolean>; on: Record<string, (e: PointerEvent) => void> } {
  const held = ref(false)
  let timer = 0
  const end = () => { clearTimeout(timer); held.value = false }
  const hold = (e: PointerEvent) => {
    if (e.pointerType === 'touch') return
    held.value = true
    clearTimeout(timer)
    timer = window.setTimeout(end, kHold_ms)
  }
  onScopeDispose(end)
  return { held, on: { pointerenter: hold, pointermove: hold, pointerdown: hold, pointerleave: end } }
}

/** The rows as they shall stand: while held in the order they had, what left still there, what is new at the end. */
export function inPlace<R>(before: R[], fresh: R[], key: (row: R) => string | number): R[] {
  const now = new Map(fresh.map((r) => [key(r), r]))
  const kept = before.map((r) => now.get(key(r)) ?? r)
  const known = new Set(before.map(key))
  return [...kept, ...fresh.filter((r) => !known.has(key(r)))]
}

/** `source` in its own order, but standing still while held. `anew` names the list: another one starts from its own order. */
export function useStill<R>(source: () => R[] | undefined, key: (row: R) => string | number, held: Ref<boolean>, anew: () => unknown): Ref<R[] | undefined> {
  const shown = shallowRef<R[] | undefined>(source())
  let list = anew()
  watch([source, held], () => {
    const fresh = source()
    const same = list === anew()
    list = anew()
    shown.value = fresh && held.value && same && shown.value ? inPlace(shown.value, fresh, key) : fresh
  }, { flush: 'sync' })
  return shown
}
