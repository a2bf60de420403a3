import { beforeAll, describe, expect, it } from 'vitest'
import { i18n } from '@shared/i18n'
import zh from '../i18n/zh'
import { askedAir, chainWords, emptyAir, type Landing, legsDrawn, spotsOf, spotsText } from './air'
import type { AirChain } from './types'

beforeAll(() => i18n.global.setLocaleMessage('zh', zh as never))
const village = { lon: 103, lat: 35.6, name: '甲村' }
const chain: AirChain = {
  ...village, minutes: 64,
  legs: [{ kind: 'air', from: '机场', to: '体育场', minutes: 15, km: 60 }, { kind: 'refuel', from: '体育场', to: '体育场', minutes: 20, km: 0 }, { kind: 'air', from: '体育场', to: '河滩', minutes: 5, km: 12 }, { kind: 'road', from: '河滩', to: '甲村', minutes: 4, km: 2 }],
}
const landings: Landing[] = [{ record: 1, name: '机场', lon: 103.6, lat: 36 }, { record: 2, name: '体育场', lon: 102.9, lat: 35.8 }, { record: 3, name: '河滩', lon: 110, lat: 30 }, { record: 4, name: '河滩', lon: 103.02, lat: 35.61 }]

describe('the question', () => {
  it('holds nothing that was not given', () => {
    expect(askedAir({ ...emptyAir(), aircraft: 'ka32' }, [village])).toEqual({ aircraft: 'ka32', profile: 'car', at: [village] })
  })
  it('asks with a record where there is one, and with the weather that is known', () => {
    expect(askedAir({ ...emptyAir(), aircraft: 'ka32', load: 500, when: 9, day: true, wind: 0, cloud: 400, visibility: '' }, [{ ...village, record: 7 }])).toEqual({ aircraft: 'ka32', profile: 'car', at: [{ record: 7, name: '甲村' }], load_kg: 500, when: 9, day: true, weather: { wind_ms: 0, cloud_base_m: 400 } })
  })
  it('travels in the address', () => {
    const two = [village, { lon: 102.5, lat: 35, name: '乙|村,东', record: 3 }]
    expect(spotsOf(spotsText([two[0], null, two[1]]))).toEqual([village, { lon: 102.5, lat: 35, name: '乙/村,东', record: 3 }])
    expect(spotsOf('')).toEqual([])
  })
})
describe('a chain', () => {
  it('is told leg by leg, with what passes before take-off', () => {
    expect(chainWords(chain).join(' → ')).toBe('起飞前 20 分 → 机场起飞 → 飞 15 分，降落体育场 → 加油（含等候）20 分 → 飞 5 分，降落河滩 → 公路 4 分')
    expect(chainWords({ ...chain, minutes: 644 })[0]).toBe('起飞前 10 小时（含等天亮）')
    expect(chainWords({ ...chain, minutes: 644 }, true)[0]).toBe('起飞前 10 小时')
    expect(chainWords({ minutes: null, legs: [] })).toEqual([])
  })
  it('is drawn between the points it names, the nearest of those with one name', () => {
    const drawn = legsDrawn(chain, landings)
    expect(drawn.legs.map((l) => l.kind)).toEqual(['air', 'air', 'road'])
    expect(drawn.landings.map((l) => l.record)).toEqual([1, 2, 4])
    expect(drawn.legs[2]).toEqual({ kind: 'road', from: landings[3], to: { lon: 103, lat: 35.6 } })
  })
  it('leaves out what comes from an unknown point', () => {
    expect(legsDrawn(chain, landings.slice(1)).legs.map((l) => l.kind)).toEqual(['air', 'road'])
    expect(legsDrawn(chain, []).legs).toEqual([])
  })
})
