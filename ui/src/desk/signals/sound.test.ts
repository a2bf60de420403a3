import { describe, expect, it } from 'vitest'
import { repeat_ms, sounding, tones } from './sound'

describe('the sound of the desk', () => {
  it('is quiet when nothing waits, whatever else', () => expect([sounding(null, false, true), sounding(null, true, false)]).toEqual(['quiet', 'quiet']))
  it('rings when something waits and somebody has pressed once', () => expect(sounding('red', false, true)).toBe('on'))
  it('says that the browser waits for a first press', () => expect(sounding('orange', false, false)).toBe('locked'))
  it('stays muted by hand', () => expect([sounding('red', true, true), sounding('red', true, false)]).toEqual(['muted', 'muted']))
  it('is over before it comes again, and red comes sooner', () => {
    for (const level of ['orange', 'red'] as const) expect(Math.max(...tones(level).map((x) => x.at_s + x.for_s)) * 1000).toBeLessThan(repeat_ms(level) / 2)
    expect(repeat_ms('red')).toBeLessThan(repeat_ms('orange'))
  })
})
