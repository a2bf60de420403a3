import { defineStore } from 'pinia'
import { computed, ref, shallowReactive, shallowRef } from 'vue'
import { boundsOf, type Point } from '../map/table'
import type { Geometry } from '@shared/types'
import type { Arrow } from './arrowMark'

export type MarkKind = 'from' | 'to' | 'via' | 'station' | 'added' | 'site' | 'team' | 'vehicle' | 'hospital' | 'store' | 'demand'
/** One thing that stands on the map and can be pressed or dragged. */
export interface Mark { id: string; at: Point; kind: MarkKind; title: string; text?: string; on?: boolean; /** `last`: it was let go */ drag?: (at: Point, last: boolean) => void; press?: () => void }
/** `tone`: 'accent' | 'quiet' | 'text' or a kind of road state; lines may be dashed. */
export interface Stroke { shape: GeoJSON.Geometry; tone: string; width?: number; dashed?: boolean; id?: string; press?: () => void }
export interface Fill { shape: GeoJSON.Geometry; /** 0 the innermost */ step: number; steps: number }
export interface Dot { at: Point; title: string; size: number; id: string }
export interface Layer { fills?: Fill[]; lines?: Stroke[]; dots?: Dot[]; marks?: Mark[] }
export interface Picking { text: string; done: (at: Point) => void; /** stays until it is called off */ many?: boolean }

/** What lies on the map of roads and of dispatch. Each part of a page puts its own layer and takes it away again. */
export const useScene = defineStore('scene', () => {
  const layers = shallowReactive(new Map<string, Layer>())
  const picking = shallowRef<Picking | null>(null)
  const focus = shallowRef<{ bounds?: number[]; at?: Point; zoom?: number } | null>(null)
  const pressedDot = ref('')
  /** Minutes of the surfaces that are drawn, the nearest first; for the legend. */
  const ringMinutes = shallowRef<number[]>([])
  const arrow = shallowRef<Arrow | null>(null)
  const put = (owner: string, layer: Layer) => layers.set(owner, layer)
  const drop = (owner: string) => layers.delete(owner)
  const all = <K extends keyof Layer>(kind: K) => computed(() => [...layers.values()].flatMap((l) => (l[kind] ?? []) as NonNullable<Layer[K]>[number][]))
  const see = (shape: GeoJSON.Geometry) => { if ('coordinates' in shape) focus.value = { bounds: boundsOf(shape as unknown as Geometry) } }
  const seeAt = (at: Point, zoom = 13) => { focus.value = { at, zoom } }
  function seeAll(points: Point[]) { if (points.length) see({ type: 'MultiPoint', coordinates: points }) }
  return { layers, picking, focus, pressedDot, ringMinutes, arrow, put, drop, see, seeAt, seeAll, fills: all('fills'), lines: all('lines'), dots: all('dots'), marks: all('marks') }
})
