/** The calls of a round as they stood at a moment of the past, from what is known of each now: attempts and answers carry their time. */
import type { Call, CallGroup } from '@shared/types'

const attentionOf = (c: Call, asks: Set<string>) => !!c.answer && asks.has(c.answer.meaning)

/** Calls that did not exist yet are left out: a deputy or superior exists from the first attempt on. */
export function callsThen(calls: Call[], at: number): Call[] {
  const bySeq = new Map(calls.map((c) => [c.seq, c]))
  /** Somebody a silent call was passed on to had answered by then. */
  const coveredThen = (c: Call, depth = 0): string | null => {
    const next = c.next_call != null && depth < 6 ? bySeq.get(c.next_call) : undefined
    if (!next) return null
    if ((next.answers ?? []).some((a) => a.at <= at)) return next.person?.name ?? ''
    return coveredThen(next, depth + 1)
  }
  const then: Call[] = []
  for (const c of calls) {
    const attempts = c.attempts.filter((a) => a.at <= at).map((a) => (a.ended_at != null && a.ended_at <= at ? a : { ...a, ended_at: null, outcome: a.outcome === 'rehearsed' ? a.outcome : ('placed' as const) }))
    const answers = (c.answers ?? (c.answer ? [c.answer] : [])).filter((a) => a.at <= at)
    if (c.kind !== 'holder' && !attempts.length && !answers.length) continue
    const answer = answers.reduce<Call['answer']>((last, a) => (!last || a.at > last.at ? a : last), null)
    const next = c.next_call != null ? bySeq.get(c.next_call) : undefined
    const covering = c.state === 'covered' || c.state === 'escalated' ? coveredThen(c) : null
    const state: Call['state'] = c.state === 'vacant' && !answer ? 'vacant' : answer ? 'answered' : covering !== null ? 'covered'
      : next?.attempts.some((a) => a.at <= at) ? 'escalated' : attempts.some((a) => a.ended_at === null && a.outcome === 'placed') ? 'calling' : attempts.length ? 'waiting' : 'queued'
    then.push({ ...c, attempts, answers, answer, state, covered_by: covering, overdue: !answer && covering === null && !!c.deadline && c.deadline < at })
  }
  return then
}

/** The groups of the node's lists, for calls that are in the browser. `asks`: meanings that need support or cannot act. */
export function inGroup(c: Call, group: CallGroup, asks: Set<string>): boolean {
  const settled = c.state === 'answered' || c.state === 'covered'
  switch (group) {
    case 'all': return true
    case 'silent': return c.kind === 'holder' && !settled
    case 'answered': return c.kind === 'holder' && settled
    case 'vacant': return c.state === 'vacant'
    case 'attention': return attentionOf(c, asks)
  }
}

/** The silent first, by deadline. */
export function inOrder(calls: Call[]): Call[] {
  const settled = (c: Call) => Number(c.state === 'answered' || c.state === 'covered')
  return [...calls].sort((a, b) => settled(a) - settled(b) || (a.deadline ?? Infinity) - (b.deadline ?? Infinity) || a.seq - b.seq)
}
