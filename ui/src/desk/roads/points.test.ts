import { describe, expect, it } from 'vitest'
import { shapeOf } from './draw'
import { spotAt, spotOf, spotText, whence } from './points'

describe('a point in the address', () => {
  it('comes back as it went, with commas in its name', () => {
    const one = { lon: 102.9, lat: 35.7, name: '三坪村, 小学', record: 12 }
    expect(spotOf(spotText(one))).toEqual(one)
    expect(spotOf(spotText(spotAt([102.12345678, 35.1])))).toEqual({ lon: 102.123457, lat: 35.1, name: '' })
  })
  it('is none when it is no point', () => {
    for (const text of [null, '', ',', '1', 'a,b', '200,10,,x', '10,95']) expect(spotOf(text)).toBeNull()
  })
  it('asks for the record where there is one', () => {
    expect(whence({ lon: 1, lat: 2, name: '', record: 5 })).toEqual({ record: 5 })
    expect(whence({ lon: 1, lat: 2, name: '' })).toEqual({ lon: 1, lat: 2 })
  })
})
describe('what was drawn', () => {
  it('is a shape when there are corners enough; the same corner twice counts once', () => {
    expect(shapeOf('polygon', [[0, 0], [1, 0]])).toBeNull()
    expect(shapeOf('polygon', [[0, 0], [1, 0], [1, 0], [1, 1]])).toEqual({ type: 'Polygon', coordinates: [[[0, 0], [1, 0], [1, 1], [0, 0]]] })
    expect(shapeOf('line', [[0, 0], [0, 0]])).toBeNull()
    expect(shapeOf('line', [[0, 0], [2, 1]])).toEqual({ type: 'LineString', coordinates: [[0, 0], [2, 1]] })
    expect(shapeOf('point', [[3, 4]])).toEqual({ type: 'Point', coordinates: [3, 4] })
    expect(shapeOf('none', [[3, 4]])).toBeNull()
  })
})
