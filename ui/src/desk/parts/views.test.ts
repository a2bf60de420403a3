import { beforeEach, describe, expect, it } from 'vitest'
import { sameView, useViews } from './views'

describe('saved views', () => {
  beforeEach(() => localStorage.clear())
  it('are kept for one account and one list', () => {
    useViews('duty', 'people').save({ name: 'a', query: { gap: 'no_phone' } })
    expect(useViews('duty', 'people').views.value).toEqual([{ name: 'a', query: { gap: 'no_phone' } }])
    expect(useViews('admin', 'people').views.value).toEqual([])
    expect(useViews('duty', 'posts').views.value).toEqual([])
  })
  it('replace the one of the same name, and give back what was dropped', () => {
    const v = useViews('duty', 'people')
    v.save({ name: 'a', query: { q: '1' } })
    v.save({ name: 'a', query: { q: '2' } })
    expect(v.drop('a')?.query).toEqual({ q: '2' })
    expect(v.views.value).toEqual([])
  })
  it('survive nonsense in the store', () => {
    localStorage.setItem('anlan.views.duty.people', '{broken')
    expect(useViews('duty', 'people').views.value).toEqual([])
  })
  it('know themselves whatever the order', () => expect(sameView({ a: '1', b: '2', c: '' }, { b: '2', a: '1' })).toBe(true))
})
