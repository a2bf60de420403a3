import { defineStore } from 'pinia'
import { ref, shallowRef } from 'vue'
import { api } from '@shared/api'
import type { Place } from '@shared/types'

/** The place everything on the desk is about. Its chain runs from the province down. */
export const useScope = defineStore('scope', () => {
  const code = ref(localStorage.getItem('anlan.scope') ?? '')
  const place = shallowRef<Place | null>(null)
  const chain = shallowRef<Place[]>([])

  async function set(to: string) {
    if (to === place.value?.code) return
    const found = await api.place(to)
    code.value = to
    place.value = found
    localStorage.setItem('anlan.scope', to)
    const above = ancestors(to).slice(0, -1)
    chain.value = [...(await Promise.all(above.map((c) => api.place(c).catch(() => null)))).filter((p): p is Place => !!p), found]
  }
  async function start(home: string) {
    await set(code.value || home).catch(() => set(home))
  }
  return { code, place, chain, set, start }
})

/** 622927101002 → 62, 6229, 622927, 622927101, 622927101002. */
export function ancestors(code: string): string[] {
  return [2, 4, 6, 9, 12].filter((n) => n <= code.length).map((n) => code.slice(0, n))
}
