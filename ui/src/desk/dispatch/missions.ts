import { defineStore } from 'pinia'
import { computed, shallowRef } from 'vue'
import { t } from '@shared/i18n'
import { realNow } from '@shared/time'
import { useScene } from '../roads/scene'
import { dispatchApi } from './api'
import type { Mission, Position } from './types'
import { byUrgency, etaText, paceOf } from './words'

/** Who is on the way and where they are. */
export const useMissions = defineStore('missions', () => {
  const scene = useScene()
  const items = shallowRef<Mission[]>([])
  const positions = shallowRef<Position[]>([])
  const seen = shallowRef(0)
  async function load() {
    const [m, p] = await Promise.all([dispatchApi.missions(), dispatchApi.positions().catch(() => ({ items: [] as Position[] }))])
    items.value = m.items
    positions.value = p.items
    draw()
  }
  const sorted = computed(() => byUrgency(items.value, realNow.value))
  const counts = computed(() => {
    const n = { due: 0, late: 0, arrived: 0 }
    for (const m of items.value) n[paceOf(m, realNow.value) as keyof typeof n]++
    return n
  })
  function draw() {
    const teams = new Map(items.value.map((m) => [m.team, m]))
    const at = new Map<number, Position>(positions.value.map((p) => [p.record, p]))
    scene.put('missions', {
      lines: items.value.filter((m) => m.step === 'on_the_way').flatMap((m) => { const p = m.at ?? at.get(m.team); return p ? [{ shape: { type: 'LineString' as const, coordinates: [[p.lon, p.lat], [m.lon, m.lat]] }, tone: 'quiet', width: 2, dashed: true }] : [] }),
      marks: [
        ...items.value.flatMap((m) => { const p = m.at ?? at.get(m.team); return p ? [{ id: `m${m.id}`, at: [p.lon, p.lat] as [number, number], kind: 'team' as const, text: m.name.slice(0, 1), on: m.id === seen.value, title: `${m.name} · ${etaText(m, realNow.value)}`, press: () => see(m.id) }] : [] }),
        ...positions.value.filter((p) => !teams.has(p.record)).map((p) => ({ id: `p${p.record}`, at: [p.lon, p.lat] as [number, number], kind: 'vehicle' as const, text: p.name.slice(0, 1), title: p.name })),
      ],
    })
  }
  function see(id: number) {
    seen.value = id
    const m = items.value.find((x) => x.id === id)
    if (m) { const p = m.at ?? positions.value.find((x) => x.record === m.team); scene.seeAll([[m.lon, m.lat], ...(p ? [[p.lon, p.lat] as [number, number]] : [])]) }
    draw()
  }
  const said = (m: Mission) => t('dispatch.missionTo', { name: m.name, to: m.to })
  return { items, positions, seen, sorted, counts, load, draw, see, said }
})
