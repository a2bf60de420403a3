import { describe, expect, it } from 'vitest'
import { issuedByRule } from './issued'

const event = (what: string, comment?: string) => ({ at: 0, what, by: 'node', comment })
describe('a warning', () => {
  it('was issued by a rule when its history says so', () => {
    expect(issuedByRule({ history: [event('drafted'), event('issued', 'x / issued automatically by a rule')] })).toBe(true)
    expect(issuedByRule({ history: [event('issued', 'checked'), event('edited', 'issued automatically by a rule')] })).toBe(false)
    expect(issuedByRule({ history: [] })).toBe(false)
  })
})
