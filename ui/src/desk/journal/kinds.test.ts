import { describe, expect, it } from 'vitest'
import type { Fact } from '@shared/types'
import { folded, pathOf, seqsOf } from './kinds'

const fact = (seq: number, kind: string): Fact => ({ seq, at: 0, kind, actor: '', subject: '', sentence: '', body: null })

describe('the journal', () => {
  const facts = [fact(6, 'CallAnswered'), fact(5, 'AttemptsEnded'), fact(4, 'AttemptsPlaced'), fact(3, 'WarningIssued'), fact(2, 'AttemptsPlaced'), fact(1, 'SignedIn')]
  it('shows a stretch of machine facts as one line, a single one as itself', () => expect(folded(facts, new Set()).map(seqsOf)).toEqual([[6], [5, 4], [3], [2], [1]]))
  it('opens a stretch as a whole', () => expect(folded(facts, new Set([5, 4])).map(seqsOf)).toEqual([[6], [5], [4], [3], [2], [1]]))
  it('knows where things are looked at', () => expect(['warning:3', 'round:2', 'person:9', 'account:1', ''].map(pathOf)).toEqual(['/warnings/3', '/rounds/2', '/people/list?person=9', null, null]))
})
