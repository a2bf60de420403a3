import { api, ApiError } from '@shared/api'
import type { Call } from '@shared/types'

export type CallVerb = 'again' | 'deputy' | 'superior'
export interface Failed { call: Call; message: string }
/** What came of it: `queued` of those called again wait for a free line or their turn. */
export interface Outcome { failed: Failed[]; queued: number }

const kAtOnce = 4

/** The phone rings or is about to for the first time: calling again would change nothing. */
export const ringing = (call: Call) => call.state === 'calling' || (call.state === 'queued' && !call.attempts.length)
/** Whom this verb can reach: somebody to call again who is not being called, a deputy, a superior. The others are named and left out. */
export function able(call: Call, verb: CallVerb): boolean {
  return !!(verb === 'again' ? call.person && !ringing(call) : verb === 'deputy' ? call.deputy : call.superior)
}

/**
 * Does the same to many calls, a few at a time. Each call has a key of its own below `key`, so that doing it again after a
 * failure repeats nothing. Order of the results is that of the calls.
 */
export async function actOnMany(round: number, calls: Call[], verb: CallVerb, key: string, progress: (done: number) => void): Promise<Outcome> {
  const failed: Failed[] = []
  let queued = 0
  let next = 0
  let done = 0
  const work = async () => {
    while (next < calls.length) {
      const call = calls[next++]
      try { if ((await api.callAct(round, call.seq, verb, `${key}-${call.seq}`)).state === 'queued') queued++ } catch (error) { failed.push({ call, message: error instanceof ApiError ? error.message : String(error) }) }
      progress(++done)
    }
  }
  await Promise.all(Array.from({ length: Math.min(kAtOnce, calls.length) }, work))
  return { failed: failed.sort((a, b) => calls.indexOf(a.call) - calls.indexOf(b.call)), queued: verb === 'again' ? queued : 0 }
}
