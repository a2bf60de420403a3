import { ref, watch, type Ref } from 'vue'

/** A value that survives reload. */
export function kept<T>(name: string, initial: T): Ref<T> {
  const stored = localStorage.getItem(`anlan.${name}`)
  const value = ref(initial) as Ref<T>
  if (stored !== null) {
    try { value.value = JSON.parse(stored) as T } catch { localStorage.removeItem(`anlan.${name}`) }
  }
  watch(value, (v) => localStorage.setItem(`anlan.${name}`, JSON.stringify(v)), { deep: true })
  return value
}
