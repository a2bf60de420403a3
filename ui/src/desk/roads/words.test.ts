import { beforeAll, describe, expect, it } from 'vitest'
import { i18n } from '@shared/i18n'
import zh from '../i18n/zh'
import { compassText, departFor, kindText, kmText, namesText, shareText, signedText, travelText } from './words'

beforeAll(() => i18n.global.setLocaleMessage('zh', zh as never))
describe('words of roads', () => {
  it('tells minutes as people do', () => {
    expect([0.3, 12.4, 59.6, 60, 65, 600].map(travelText)).toEqual(['不到 1 分', '12 分', '1 小时', '1 小时', '1 小时 5 分', '10 小时'])
    expect(travelText(null)).toBe('到不了')
  })
  it('tells lengths, shares and differences', () => {
    expect([0.04, 0.456, 3.25, 152.6].map(kmText)).toEqual(['40 m', '460 m', '3.3 km', '153 km'])
    expect([1, 0.99996, 0, 0.0001, 0.8344].map(shareText)).toEqual(['100 %', '99.9 %', '0 %', '0.1 %', '83.4 %'])
    expect([1203, -86, 0].map(signedText)).toEqual(['+1,203', '\u221286', '0'])
  })
  it('says what is the matter with a road', () => {
    expect(kindText({ kind: 'closed', speed_kmh: null })).toBe('封闭')
    expect(kindText({ kind: 'slow', speed_kmh: 20 })).toBe('限速 20 km/h')
    expect(kindText({ kind: 'weight', weight_t: 7.5 })).toBe('限重 7.5 t')
    expect(kindText({ kind: 'one_way', bearing: 92 })).toBe('单向 · 向东')
    expect([0, 44, 200, 359, -90].map(compassText)).toEqual(['北', '东北', '南', '北', '西'])
  })
  it('names each road once and counts the rest', () => {
    expect(namesText(['甲路', '', '乙路', '甲路'])).toBe('甲路、乙路')
    expect(namesText(['甲', '乙', '丙', '丁'], 2)).toBe('甲、乙等，另有 2 条')
  })
  it('leaves in the middle of the next such period, in the zone of the node', () => {
    const night = { id: 'night', zh: '夜间', en: 'Night', from_minute: 22 * 60, to_minute: 6 * 60 }
    const rush = { id: 'rush', zh: '高峰', en: 'Rush', from_minute: 7 * 60, to_minute: 9 * 60 }
    const noon = Date.UTC(2026, 10, 21, 4) // 12:00 at UTC+8
    expect(new Date(departFor(night, noon, 480)!).toISOString()).toBe('2026-11-21T18:00:00.000Z')
    expect(new Date(departFor(rush, noon, 480)!).toISOString()).toBe('2026-11-22T00:00:00.000Z')
    expect(departFor(undefined, noon, 480)).toBeUndefined()
  })
})
