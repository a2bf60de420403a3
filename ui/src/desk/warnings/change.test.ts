import { describe, expect, it } from 'vitest'
import type { Call, CallRule, Preview, PreviewPerson } from '@shared/types'
import { effectOf } from './change'

const rule = (level: string, rank: string, answer_limit_s: number): CallRule => ({ level, rank, answer_limit_s, tries: 1, retry_after_s: 0, channels: [], then: [] })
const rules = [rule('orange', 'town', 900), rule('orange', 'village', 1800), rule('red', 'town', 300), rule('red', 'village', 900), rule('yellow', 'village', 3600)]
const call = (seq: number, rank: string): Call => ({ seq, kind: 'holder', state: seq === 1 ? 'answered' : 'waiting', person: { id: seq, name: `p${seq}` }, post_title: '', place: '', place_name: '', rank, attempts: [] })
const calls = [call(1, 'town'), call(2, 'village'), { ...call(9, 'village'), kind: 'deputy' as const }]
const post = (id: number): PreviewPerson => ({ post: { id, title: '', kind: '', rank: 'village', place: '', place_name: '', holder: { id, name: `p${id}` } } })
const ids = (list: { id: string }[]) => list.map((s) => s.id)
const preview = {} as Preview

describe('effectOf', () => {
  it('names the ranks that a lower level does not call, and their people', () => {
    const e = effectOf(calls, [post(2)], rules, 'orange', 'yellow', preview)
    expect([e.people, ids(e.names!.comes), ids(e.names!.stays), ids(e.names!.leaves), e.ranksLeave]).toEqual([1, [], ['p2'], ['p1'], ['town']])
    expect(e.limits).toEqual([{ rank: 'village', before_s: 1800, after_s: 3600 }])
  })
  it('names the ranks that a higher level calls besides', () => {
    const e = effectOf([call(2, 'village')], [post(1), post(2)], rules, 'yellow', 'orange', preview)
    expect([e.people, ids(e.names!.comes), e.ranksCome]).toEqual([2, ['p1'], ['town']])
  })
  it('compares people; deputies called in between do not count', () => {
    const e = effectOf(calls, [post(2), post(3), post(3)], rules, 'orange', 'orange', preview)
    expect([e.people, ids(e.names!.comes), ids(e.names!.stays), ids(e.names!.leaves), e.limits]).toEqual([2, ['p3'], ['p2'], ['p1'], []])
    expect(e.names!.leaves[0].answered).toBe(true)
  })
  it('says only the number when the names were not read whole', () => {
    const e = effectOf(calls, null, rules, 'orange', 'red', { people: 7_000 } as Preview)
    expect([e.people, e.names]).toEqual([7_000, null])
  })
})
