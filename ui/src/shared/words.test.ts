import { beforeAll, describe, expect, it } from 'vitest'
import en from './locale/en'
import zh from './locale/zh'
import { i18n } from './i18n'
import { clock, fromInput, now, setZone, toInput } from './time'
import { dateText, spanText, untilText, whenText } from './words'

beforeAll(() => {
  i18n.global.setLocaleMessage('zh', zh as never)
  i18n.global.setLocaleMessage('en', en as never)
  setZone(480)
})

describe('words', () => {
  it('cuts spans to what matters', () => {
    expect(spanText(42_000)).toBe('42 秒')
    expect(spanText(100_000)).toBe('1 分 40 秒')
    expect(spanText(12 * 60_000 + 5000)).toBe('12 分')
    expect(spanText(3 * 3.6e6 + 50 * 60_000)).toBe('3 小时 50 分')
    expect(spanText(5 * 864e5 + 3.6e6)).toBe('5 天')
  })
  it('says how much is left or over', () => {
    expect(untilText(now.value + 12 * 60_000)).toBe('还剩 12 分')
    expect(untilText(now.value - 10 * 60_000)).toBe('已超 10 分')
  })
  it('shows the zone of the node, not of this machine', () => {
    const at = Date.UTC(2026, 10, 21, 11, 5)
    expect(clock(at)).toBe('19:05')
    expect(toInput(at)).toBe('2026-11-21T19:05')
    expect(fromInput('2026-11-21T19:05')).toBe(at)
    expect(dateText(Date.UTC(now.value > 0 ? new Date(now.value).getUTCFullYear() : 2026, 10, 21, 11))).toBe('11月21日')
  })
  it('leaves the day out for today', () => {
    expect(whenText(now.value)).toBe(clock(now.value))
    expect(whenText(now.value - 864e5)).toBe(`昨天 ${clock(now.value)}`)
  })
})
