import { beforeAll, describe, expect, it } from 'vitest'
import { startLanguage } from '@shared/i18n'
import zh from '../i18n/zh'
import { binText, chanceText, cut, decadesOf, degreeText, measuredDegree, onLog, rangeText, roman } from './words'

beforeAll(() => startLanguage(async () => zh))
const range = (p10: number, p50: number, p90: number) => ({ p10, p50, p90, mean: p50 })

describe('degrees', () => {
  it('are Roman, from their line inwards and kept between one and twelve', () => expect([0.2, 5.9, 6, 8.2, 9.99, 13].map(roman)).toEqual(['Ⅰ', 'Ⅴ', 'Ⅵ', 'Ⅷ', 'Ⅸ', 'Ⅻ']))
  it('are rounded where they were measured', () => expect([6.4, 6.5, 12.9].map(measuredDegree)).toEqual([6, 7, 12]))
  it('are a dash where nothing is known', () => expect([degreeText(null), degreeText(7.6)]).toEqual(['–', 'Ⅶ度']))
})
describe('ranges', () => {
  it('are never one number', () => expect(rangeText(range(4.4, 14, 45.2))).toBe('4–46'))
  it('have two figures, down below and up above', () => expect([cut(1234, false), cut(1234, true), cut(87_382, false), cut(214_068, true), cut(9.97, false)]).toEqual([1200, 1300, 87_000, 220_000, 10]))
  it('keep what is exact', () => expect([cut(100, true), cut(100, false), cut(7, true), cut(7, false), cut(0, false)]).toEqual([100, 100, 7, 7, 0]))
  it('say that it is most likely none', () => expect(rangeText(range(0, 0, 0.3))).toBe('不到 1'))
  it('say about where both ends are the same', () => expect(rangeText(range(5, 5, 5))).toBe('约 5'))
  it('count in ten thousands', () => expect(rangeText(range(87_382, 130_000, 214_068))).toBe('8.7 万–22 万'))
  it('are a dash without an estimate', () => expect(rangeText(null)).toBe('–'))
  it('lie on an axis that begins at one and ends at a whole decade', () => {
    expect(decadesOf([range(1, 2, 3), range(10, 20, 999)])).toBe(3)
    expect(decadesOf([range(0, 0, 0)])).toBe(1)
    expect([onLog(0, 3), onLog(1, 3), onLog(100, 2), onLog(1e9, 3)]).toEqual([0, 0, 1, 1])
  })
})
describe('chances', () => {
  it('never say that what can be cannot, nor that it is sure', () => expect([0, 0.004, 0.42, 0.996, 1].map(chanceText)).toEqual(['0 %', '< 1 %', '42 %', '> 99 %', '100 %']))
  it('name their bins', () => expect([{ from: 0, to: 0 }, { from: 10, to: 99 }, { from: 10_000, to: null }].map(binText)).toEqual(['0', '10–99', '1 万 以上']))
})
