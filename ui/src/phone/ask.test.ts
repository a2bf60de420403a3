import { describe, expect, it } from 'vitest'
import { mergeAnswers, splitOptions, type Option } from './ask'
import { clockTime, duration } from './times'

const option = (id: string, primary = false): Option => ({ id, zh: id, en: id, primary })

describe('the big buttons', () => {
  it('are those the pack calls primary, in its order', () => {
    const { big, other } = splitOptions([option('received', true), option('on_post'), option('moved', true), option('need_support', true), option('unable')])
    expect(big.map((o) => o.id)).toEqual(['received', 'moved', 'need_support'])
    expect(other.map((o) => o.id)).toEqual(['on_post', 'unable'])
  })
  it('are filled up from the usual meanings when one is primary', () => {
    const { big, other } = splitOptions([option('on_post'), option('received', true), option('unable'), option('moved'), option('need_support')])
    expect(big.map((o) => o.id)).toEqual(['received', 'moved', 'need_support'])
    expect(other.map((o) => o.id)).toEqual(['on_post', 'unable'])
  })
  it('never lose an option', () => {
    const many = ['a', 'b', 'c', 'd', 'e'].map((id) => option(id, true))
    const { big, other } = splitOptions(many)
    expect(big).toHaveLength(3)
    expect([...big, ...other]).toEqual(many)
    expect(splitOptions([])).toEqual({ big: [], other: [] })
  })
})

describe('my answers', () => {
  it('show what waits first, then what the server holds, newest first', () => {
    const shown = mergeAnswers(
      [{ meaning: 'received', at: 10, pressed_at: 9, channel: 'link' }, { meaning: 'on_post', at: 20, channel: 'desk', by: '值班员' }],
      [{ key: 'k', answer: { meaning: 'moved', number: 3, pressed_at: 30 }, photos: [{}, {}] }],
    )
    expect(shown.map((a) => [a.meaning, a.waiting])).toEqual([['moved', true], ['on_post', false], ['received', false]])
    expect(shown[0]!.photos).toHaveLength(2)
  })
})

describe('times', () => {
  const noon = Date.UTC(2026, 10, 21, 4, 0)
  it('are those of the node, whatever the phone is set to', () => {
    expect(clockTime(noon, noon, 'zh')).toBe('12:00')
    expect(clockTime(noon, noon + 86_400_000, 'zh')).toBe('11月21日 12:00')
    expect(clockTime(noon, noon + 86_400_000, 'en')).toBe('21 Nov 12:00')
  })
  it('promise no time that is not there', () => {
    expect(duration(119_999, 'zh')).toBe('119 秒')
    expect(duration(12 * 60_000 + 59_000, 'zh')).toBe('12 分')
    expect(duration(90 * 60_000, 'zh')).toBe('1 小时 30 分')
    expect(duration(-5, 'en')).toBe('0 s')
    expect(duration(3 * 86_400_000, 'zh')).toBe('3 天')
  })
})
