import { api } from '@shared/api'
import { t } from '@shared/i18n'
import type { Person, Place, PostRow, RecordRow } from '@shared/types'

/** What Lookup asks: each returns choices with the whole thing as value. */
export const findPlaces = (within?: string, level?: string) => async (q: string) =>
  q ? (await api.searchPlaces(q, within, level)).items.map((p: Place) => ({ value: p, label: p.name, hint: p.path }))
    : within ? (await api.children(within)).items.map((p) => ({ value: p, label: p.name, hint: p.path })) : []

export const findPeople = (place?: string) => async (q: string) =>
  (await api.people({ q, place, limit: 12 })).items.map((p: Person) => ({
    value: p, label: p.name, hint: [p.posts[0] ? `${p.posts[0].place_name} ${p.posts[0].title}` : '', p.phones_masked[0]].filter(Boolean).join(' · ') }))

export const findPosts = (place?: string) => async (q: string) =>
  (await api.posts({ q, place, limit: 12 })).items.map((p: PostRow) => ({
    value: p, label: `${p.place_name} ${p.title}`, hint: p.holder?.name ?? t('people.vacant') }))

export const findRecords = (type: string, place?: string) => async (q: string) =>
  (await api.records(type, { q, place, limit: 12 })).items.map((r: RecordRow) => ({ value: r, label: r.name, hint: r.place_name }))
