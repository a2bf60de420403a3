import { describe, expect, it } from 'vitest'
import type { Warning } from '@shared/types'
import { addPlaces, inForceAt, roundAt } from './situation'

const warning = (more: Partial<Warning>) => ({ id: 1, state: 'in_force', issued_at: 100, expires: 900, history: [], rounds: [], ...more }) as Warning

describe('the situation at a moment', () => {
  it('counts a warning from its issue to its end', () => {
    const w = warning({ state: 'cancelled', history: [{ at: 100, what: 'issued', by: '' }, { at: 500, what: 'cancelled', by: '' }] })
    expect([99, 100, 499, 500].map((at) => inForceAt(w, at))).toEqual([false, true, true, false])
    expect(inForceAt(warning({}), 10_000)).toBe(true)
    expect(inForceAt(warning({ issued_at: null }), 500)).toBe(false)
  })
  it('takes the live round that was open then', () => {
    const rounds = [{ id: 1, opened_at: 100, mode: 'live' }, { id: 2, opened_at: 300, mode: 'rehearsal' }, { id: 3, opened_at: 400, mode: 'live' }] as Warning['rounds']
    expect([50, 150, 350, 450].map((at) => roundAt(warning({ rounds }), at))).toEqual([null, 1, 1, 3])
  })
  it('adds the places of several rounds', () => {
    const p = (code: string, due: number, answered: number) => ({ code, name: code, due, called: due, answered, silent: due - answered })
    expect(addPlaces([[p('a', 3, 1)], [p('a', 2, 2), p('b', 1, 0)]]).map((x) => [x.code, x.due, x.silent])).toEqual([['a', 5, 2], ['b', 1, 1]])
  })
})
