import { describe, expect, it } from 'vitest'
import { reachable, reachOf } from './reach'

describe('reachOf', () => {
  it('puts every post into one part', () => {
    const r = reachOf([{ code: '1', name: '', posts: 12, people: 10, vacant: 2, no_phone: 1, stale_phone: 2, shared_phone: 1, villages_empty: 3 }, { code: '2', name: '', level: 'village', posts: 0, people: 0, vacant: 0 }])
    expect(r).toEqual({ posts: 12, people: 10, sound: 6, shared: 1, stale: 2, none: 1, vacant: 2, empty: 4 })
    expect(r.sound + r.shared + r.stale + r.none + r.vacant).toBe(r.posts)
    expect(reachable(r)).toBe(0.75)
  })
  it('knows an empty place', () => expect(reachable(reachOf([]))).toBe(0))
})
