/** The page that bench/links.mjs measures: the link layer over an empty map. */
import 'maplibre-gl/dist/maplibre-gl.css'
import '@shared/tokens.css'
import { Map } from 'maplibre-gl'
import type { LinkStates } from '@shared/types'
import { LinkLayer } from '../src/desk/signals/linkLayer'

export interface Figures { links: number; changed: number; build_ms: number; first_frame_ms: number; update_ms: number; updated_frame_ms: number; find_ms: number; frames: number; frame_p50_ms: number; frame_p95_ms: number; card: string }

/** Numbers that follow from a seed alone. */
function dice(seed: number) {
  return () => { seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0; return seed / 2 ** 32 }
}
/** A province: most links fresh, one in a hundred with a level. */
function province(n: number): LinkStates {
  const die = dice(7)
  const columns: LinkStates = { id: [], lon: [], lat: [], state: [], level: [], suspect: [] }
  for (let i = 0; i < n; i++) {
    columns.id.push(i + 1)
    columns.lon.push(100 + die() * 8)
    columns.lat.push(33 + die() * 6)
    columns.state.push(die() < 0.9 ? 1 : Math.floor(die() * 6))
    columns.level.push(die() < 0.01 ? 1 + Math.floor(die() * 4) : 0)
    columns.suspect!.push(die() < 0.005)
  }
  return columns
}
/** The least of so many counts: other work on the machine only adds. */
const kTurns = 5
const frame = () => new Promise<number>((done) => requestAnimationFrame(done))
const share = (sorted: number[], of: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))]

async function measure(links: number, changed: number, pan_ms: number): Promise<Figures> {
  const map = new Map({ container: 'map', style: { version: 8, sources: {}, layers: [{ id: 'ground', type: 'background', paint: { 'background-color': '#eceff0' } }] }, center: [104, 36], zoom: 6.2, attributionControl: false })
  await new Promise((done) => map.once('load', done))
  const columns = province(links)
  const rendered = () => new Promise<void>((done) => { map.once('render', () => done()); map.triggerRepaint() })
  const layer = new LinkLayer()
  layer.addTo(map)
  await rendered()

  let at = performance.now()
  layer.set(columns)
  layer.show([], 0)
  const builds = [performance.now() - at]
  await rendered()
  const first_frame_ms = performance.now() - at
  for (let i = 0; i < kTurns; i++) {
    const spare = new LinkLayer()
    at = performance.now()
    spare.set(columns)
    builds.push(performance.now() - at)
  }

  const updates: number[] = [], seen: number[] = []
  let after = columns
  for (let turn = 0; turn < kTurns; turn++) {
    after = { ...after, state: [...after.state] }
    for (let i = 0; i < changed; i++) { const k = Math.floor((i * links) / changed); after.state[k] = (after.state[k] + 1) % 6 }
    at = performance.now()
    layer.set(after)
    updates.push(performance.now() - at)
    await rendered()
    seen.push(performance.now() - at)
  }

  at = performance.now()
  const kLooks = 20
  for (let i = 0; i < kLooks; i++) layer.at(40 + i * 30, 300)
  const find_ms = (performance.now() - at) / kLooks

  const spans: number[] = []
  const begin = await frame()
  for (let last = begin, now = begin; now - begin < pan_ms; last = now) {
    const t = (now - begin) / 1000
    map.jumpTo({ center: [104 + Math.sin(t) * 1.5, 36 + Math.cos(t * 0.7) - 1], zoom: 6.4 + Math.sin(t * 0.5) })
    now = await frame()
    spans.push(now - last)
  }
  spans.sort((a, b) => a - b)
  const gl = map.getCanvas().getContext('webgl2')
  const names = gl?.getExtension('WEBGL_debug_renderer_info')
  return { links, changed, build_ms: Math.min(...builds), first_frame_ms, update_ms: Math.min(...updates), updated_frame_ms: Math.min(...seen), find_ms, frames: spans.length, frame_p50_ms: share(spans, 0.5), frame_p95_ms: share(spans, 0.95), card: names ? String(gl!.getParameter(names.UNMASKED_RENDERER_WEBGL)) : '' }
}
declare global { interface Window { measure: typeof measure } }
window.measure = measure
