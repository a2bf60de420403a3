import { describe, expect, it } from 'vitest'
import type { Call } from '@shared/types'
import { callsThen, inGroup, inOrder } from './callsThen'

const call = (seq: number, more: Partial<Call> = {}): Call => ({ seq, kind: 'holder', state: 'waiting', person: { id: seq, name: `p${seq}` }, post_title: '', place: '62', place_name: '', rank: 'village', deadline: 1000, attempts: [], answers: [], ...more })
const answered = call(1, { state: 'answered', attempts: [{ no: 1, channel: 'sms', at: 100, ended_at: 150, outcome: 'delivered' }], answers: [{ meaning: 'need_support', at: 400, channel: 'sms' }, { meaning: 'received', at: 300, channel: 'sms' }] })
const silent = call(2, { state: 'covered', next_call: 3, attempts: [{ no: 1, channel: 'voice', at: 100, ended_at: 130, outcome: 'no_answer' }] })
const deputy = call(3, { kind: 'deputy', state: 'answered', attempts: [{ no: 1, channel: 'voice', at: 500, ended_at: 530, outcome: 'answered' }], answers: [{ meaning: 'on_post', at: 600, channel: 'voice' }] })
const at = (ms: number) => Object.fromEntries(callsThen([answered, silent, deputy], ms).map((c) => [c.seq, c]))

describe('callsThen', () => {
  it('knows nobody called before the first attempt, and no deputy yet', () => {
    expect(at(50)[1].state).toBe('queued')
    expect(at(50)[3]).toBeUndefined()
  })
  it('shows an attempt as under way until it ended', () => {
    expect(at(120)[2]).toMatchObject({ state: 'calling', attempts: [{ outcome: 'placed', ended_at: null }] })
    expect(at(140)[2]).toMatchObject({ state: 'waiting', attempts: [{ outcome: 'no_answer' }] })
  })
  it('takes the last answer given by then', () => {
    expect(at(350)[1]).toMatchObject({ state: 'answered', answer: { meaning: 'received' } })
    expect(at(450)[1]).toMatchObject({ answer: { meaning: 'need_support' } })
  })
  it('passes on, then covers', () => {
    expect(at(550)[2].state).toBe('escalated')
    expect(at(650)[2]).toMatchObject({ state: 'covered', covered_by: 'p3' })
  })
  it('sorts into the groups of the node', () => {
    const asks = new Set(['need_support'])
    const of = (group: 'silent' | 'answered' | 'attention', ms: number) => callsThen([answered, silent, deputy], ms).filter((c) => inGroup(c, group, asks)).map((c) => c.seq)
    expect(of('silent', 350)).toEqual([2])
    expect(of('answered', 650)).toEqual([1, 2])
    expect(of('attention', 450)).toEqual([1])
  })
  it('puts the silent first, by deadline', () => expect(inOrder([answered, call(5, { deadline: 9 }), call(4, { deadline: null })]).map((c) => c.seq)).toEqual([5, 4, 1]))
})
