import { describe, expect, it } from 'vitest'
import type { Call, CallRule, PreviewPerson } from '@shared/types'
import { effectOf } from './change'

const rule = (level: string, rank: string, answer_limit_s: number): CallRule => ({ level, rank, answer_limit_s, tries: 1, retry_after_s: 0, channels: [], then: [] })
const rules = [rule('orange', 'town', 900), rule('orange', 'village', 1800), rule('red', 'town', 300), rule('red', 'village', 900), rule('yellow', 'village', 3600)]
const call = (seq: number, rank: string): Call => ({ seq, kind: 'holder', state: seq === 1 ? 'answered' : 'waiting', person: { id: seq, name: `p${seq}` }, post_title: '', place: '', place_name: '', rank, attempts: [] })
const calls = [call(1, 'town'), call(2, 'village'), { ...call(9, 'village'), kind: 'deputy' as const }]
const post = (id: number): PreviewPerson => ({ post: { id, title: '', kind: '', rank: 'village', place: '', place_name: '', holder: { id, name: `p${id}` } } })
const ids = (list: { id: string }[] | null) => list?.map((s) => s.id)

describe('effectOf', () => {
  it('drops the ranks that a lower level does not call', () => {
    const e = effectOf(calls, null, rules, 'orange', 'yellow')
    expect([e.people, ids(e.comes), ids(e.stays), ids(e.leaves), e.ranksLeave]).toEqual([1, [], ['p2'], ['p1'], ['town']])
    expect(e.limits).toEqual([{ rank: 'village', before_s: 1800, after_s: 3600 }])
  })
  it('knows only the ranks when a level calls more and the node cannot say', () => {
    const e = effectOf([call(2, 'village')], null, rules, 'yellow', 'orange')
    expect([e.people, e.comes, e.ranksCome]).toEqual([null, null, ['town']])
  })
  it('compares the names when the node says them; deputies called in between do not count', () => {
    const e = effectOf(calls, [post(2), post(3), post(3)], rules, 'orange', 'orange')
    expect([e.people, ids(e.comes), ids(e.stays), ids(e.leaves), e.limits]).toEqual([2, ['p3'], ['p2'], ['p1'], []])
    expect(e.leaves[0].answered).toBe(true)
  })
})
