import { beforeAll, describe, expect, it } from 'vitest'
import { i18n } from '@shared/i18n'
import { now } from '@shared/time'
import zh from '../i18n/zh'
import { dueText } from './due'

const minute = 60_000
describe('what arrives', () => {
  beforeAll(() => i18n.global.setLocaleMessage('zh', zh as never))
  it('is counted down in minutes, then seconds', () => {
    const due = now.value + 30 * minute
    expect(dueText(due, due - 42 * minute)).toMatch(/^约 .*\d\d:\d\d 到达（还有 42 分）$/)
    expect(dueText(due, due - 41.2 * minute)).toContain('还有 42 分')
    expect(dueText(due, due - 90_000)).toContain('还有 1 分 30 秒')
    expect(dueText(due, due - 1)).toContain('还有 0 秒')
  })
  it('has arrived, and is never less than nothing away', () => {
    const due = now.value
    for (const after of [0, 1, minute, 86_400_000]) expect(dueText(due, due + after)).toMatch(/^已到达（.*）$/)
  })
})
