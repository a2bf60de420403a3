import { computed, onBeforeUnmount, reactive, ref, shallowRef, watch } from 'vue'
import { useRouter } from 'vue-router'
import { api } from '@shared/api'
import { realNow as now } from '@shared/time'
import type { Area, AreaAsked, Level, Preview, Warning, WarningDraft, WarningText } from '@shared/types'
import { useMapTable, type Point } from '../map/table'
import { useAction } from '../parts/action'
import { usePack } from '../stores/pack'
import { useQueue } from '../stores/queue'
import { born } from './born'

export interface DraftForm {
  hazard: string; level: Level; expires: number; hours: number
  asked: AreaAsked | null; area: Area | null; chosen: { code: string; name: string }[]
  text: WarningText; ownText: boolean; comment: string
}

const store = (id: number | undefined, change: boolean) => `anlan.draft.${id ?? 'new'}${change ? '.change' : ''}`
const blank = (): DraftForm => ({
  hazard: localStorage.getItem('anlan.hazard') ?? usePack().pack?.hazards[0]?.id ?? '', level: 'orange', expires: now.value + 6 * 3.6e6, hours: 6,
  asked: null, area: null, chosen: [], text: { headline: '', description: '', instruction: '', message: '' }, ownText: false, comment: '' })

/**
 * A warning being written. Every keystroke is kept in this browser; as soon as it has an area it is also a draft on the node.
 * With `change` it edits a proposal for a warning in force instead, and sends nothing until asked.
 */
export function useDraft(initial: Warning | null, change: boolean) {
  const table = useMapTable()
  const router = useRouter()
  const form = reactive(blank())
  const id = ref(initial?.id)
  const saved = ref<number | null>(null)
  const preview = shallowRef<Preview | null>(null)
  const saving = useAction()
  const measuring = useAction()
  const looking = useAction()
  let timer = 0
  let dirty = false

  if (initial) {
    const { hazard, level, expires, geometry, places, headline, description, instruction, message } = initial
    const asked = places?.length ? { places } : { geometry }
    Object.assign(form, { hazard, level, expires, hours: 0, asked, text: { headline, description, instruction, message }, ownText: true,
      area: { geometry, km2: initial.km2 ?? 0, label: initial.area_label, towns: 0, villages: 0 }, chosen: (places ?? []).map((code) => ({ code, name: '' })) })
    for (const c of form.chosen) void api.place(c.code).then((p) => { c.name = p.name }).catch(() => { c.name = c.code })
  }
  /** What counts as a change: names of places and a clock that moves on do not. */
  const content = () => JSON.stringify([form.hazard, form.level, form.hours || form.expires, form.chosen.map((c) => c.code), form.chosen.length ? null : form.area?.geometry, form.text])
  let sent = initial ? content() : ''
  const unsent = localStorage.getItem(store(id.value, change))
  if (unsent) {
    try { Object.assign(form, JSON.parse(unsent)) } catch { localStorage.removeItem(store(id.value, change)) }
    dirty = !!initial
  }
  if (form.hours && !initial) form.expires = now.value + form.hours * 3.6e6

  /* The map shows the sketch; simple polygons can be edited, everything else is shown as an area. */
  function toMap() {
    table.sketchLevel = form.level
    const g = form.area?.geometry
    const ring = form.asked?.geometry?.type === 'Polygon' ? (form.asked.geometry.coordinates as Point[][]) : null
    if (ring && ring.length === 1 && ring[0].length < 120) { table.sketch = ring[0].slice(0, -1); table.sketchClosed = true; table.areas = [] }
    else table.areas = g ? [{ id: id.value ?? 0, geometry: g, level: form.level, on: true }] : []
    if (form.asked?.circle) table.areas = g ? [{ id: 0, geometry: g, level: form.level, on: true }] : []
  }
  table.reset()
  toMap()
  if (form.area) table.see(form.area.geometry)
  else if (form.asked && !form.area) queueMicrotask(() => void measure(form.asked))
  else if (!initial) table.tool = 'polygon'

  const draft = (): WarningDraft => ({
    hazard: form.hazard, level: form.level, expires: Math.round(form.hours ? now.value + form.hours * 3.6e6 : form.expires),
    ...(form.chosen.length ? { places: form.chosen.map((c) => c.code) } : { geometry: form.area?.geometry }),
    area_label: form.area?.label, ...form.text })

  async function measure(asked: AreaAsked | null) {
    form.asked = asked
    if (!asked) { form.area = null; preview.value = null; table.areas = []; return }
    await measuring.run(async () => {
      form.area = await api.area(asked)
      if (!asked.geometry) { table.clearSketch(); toMap(); if (asked.places) table.see(form.area.geometry) }
      if (!form.ownText) await fill()
    })
    if (measuring.error.value) form.area = null
  }
  async function fill() {
    form.text = await api.warningText({ ...draft(), headline: undefined, description: undefined, instruction: undefined, message: undefined })
  }
  const choose = (place: { code: string; name: string }) => {
    const had = form.chosen.some((c) => c.code === place.code)
    form.chosen = had ? form.chosen.filter((c) => c.code !== place.code) : [...form.chosen, { code: place.code, name: place.name }]
    void measure(form.chosen.length ? { places: form.chosen.map((c) => c.code) } : null)
  }

  /* Drawings. */
  watch(() => [table.sketch, table.sketchClosed, table.undoable], () => {
    if (!table.sketchClosed || table.sketch.length < 3) return
    if (table.tool === 'polygon') table.tool = 'none'
    form.chosen = []
    clearTimeout(drawn)
    drawn = window.setTimeout(() => void measure({ geometry: { type: 'Polygon', coordinates: [[...table.sketch, table.sketch[0]]] } }), 350)
  })
  let drawn = 0
  watch(() => table.tool, (now, before) => {
    if (before === 'circle' && now === 'none' && table.circle && table.circle.radius_km > 0.1) { form.chosen = []; void measure({ circle: { ...table.circle } }) }
    if (now === 'polygon' || now === 'circle') { table.areas = []; form.chosen = [] }
    if (now === 'places') { table.clearSketch(); if (!form.chosen.length) table.areas = [] }
  })
  watch(() => table.picked, (p) => { if (table.tool === 'places' && p?.place) choose(p.place) })
  watch(() => form.level, () => { table.sketchLevel = form.level; if (table.areas.length) toMap() })
  watch(() => [form.hazard, form.level, form.expires, form.hours], () => {
    localStorage.setItem('anlan.hazard', form.hazard)
    if (form.area && !form.ownText) void measuring.run(fill)
  })

  /* Keeping. */
  const complete = computed(() => !!form.area && !!form.hazard)
  async function save() {
    clearTimeout(timer)
    if (change || !complete.value || saving.busy.value) return
    if (measuring.busy.value) { timer = window.setTimeout(() => void save(), 300); return }
    dirty = false
    sent = content()
    await saving.run(async (key) => {
      if (id.value) await api.edit(id.value, draft(), key)
      else {
        const made = await api.draft(draft(), key)
        localStorage.removeItem(store(undefined, false))
        id.value = made.id
        born.id = made.id
        void router.replace({ name: 'warning', params: { id: made.id } })
      }
      saved.value = now.value
      localStorage.removeItem(store(id.value, change))
    })
    if (saving.error.value) { dirty = true; sent = ''; return }
    if (dirty) return save()
    await look()
  }
  async function look() { await looking.run(async () => { preview.value = await api.preview(id.value!) }) }
  watch(content, (now) => {
    clearTimeout(timer)
    dirty = now !== sent
    if (!dirty) return localStorage.removeItem(store(id.value, change))
    localStorage.setItem(store(id.value, change), JSON.stringify(form))
    if (!change) timer = window.setTimeout(() => void save(), 700)
  })
  if (initial && !change) void (dirty ? save() : look())

  /** All typed is on the node before anything is decided about it. */
  async function settled() {
    while (measuring.busy.value) await new Promise((r) => setTimeout(r, 50))
    if (form.hours) dirty = true
    if (dirty || !id.value) await save()
    if (saving.error.value) throw saving.error.value
    return id.value!
  }
  function forget() { localStorage.removeItem(store(id.value, change)); clearTimeout(timer); dirty = false; void useQueue().load() }
  onBeforeUnmount(() => { if (dirty && !change) void save(); clearTimeout(drawn); table.reset() })
  return { form, id, saved, preview, saving, measuring, looking, complete, choose, measure, fill, draft, save, settled, forget }
}
export type Draft = ReturnType<typeof useDraft>
