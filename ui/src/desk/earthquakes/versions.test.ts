import { beforeAll, describe, expect, it } from 'vitest'
import { startLanguage } from '@shared/i18n'
import zh from '../i18n/zh'
import type { Estimate, Version } from './types'
import { changes, estimateChanges } from './versions'

beforeAll(() => startLanguage(async () => zh))
const first: Version = { version: 1, made_at: 0, source: 'early_warning', magnitude: 5.8, lon: 102.83, lat: 35.73, depth_km: 15, stations: 3, final: false }
const estimate = (p90: number, intensity_max: number): Estimate => ({ number: 1, made_at: 0, version: 1, basis: { zh: '', en: '' }, draws: 100, dead: { p10: 1, p50: 5, p90, mean: 6 }, intensity_max })

describe('versions', () => {
  it('say that one is the first', () => expect(changes(first, undefined)).toEqual(['第一次报来']))
  it('say what moved', () => expect(changes({ ...first, version: 2, magnitude: 6.2, lon: 102.79, lat: 35.7, depth_km: 10, stations: 9, source: 'catalogue', final: true }, first)).toEqual(['震级 M 5.8 → M 6.2', '震中移动 4.9 km', '深度 15 → 10 km', '台站 3 → 9 个', '来源改为地震目录', '定为终报']))
  it('say that nothing did', () => expect(changes({ ...first, version: 2, magnitude: 5.81 }, first)).toEqual(['结果没有变']))
})
describe('estimates', () => {
  it('say what they changed, as people read it', () => expect(estimateChanges(estimate(40, 8.2), estimate(16, 7.9))).toEqual(['死亡 1–16 → 1–40', '最大烈度 Ⅶ → Ⅷ']))
  it('are silent about the first', () => expect(estimateChanges(estimate(40, 8), undefined)).toEqual([]))
})
