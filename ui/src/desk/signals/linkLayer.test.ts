import { describe, expect, it } from 'vitest'
import { radii } from './linkLayer'

describe('the size of points', () => {
  it('grows with the map, and alarmed ones are larger', () => {
    expect(radii(3, false)).toEqual([1.6, 4])
    expect(radii(20, false)).toEqual([7, 10])
    for (let z = 5; z < 16; z += 0.5) { const [calm, alarmed] = radii(z, false); expect(alarmed).toBeGreaterThan(calm); expect(radii(z + 0.5, false)[0]).toBeGreaterThanOrEqual(calm) }
  })
  it('is smaller for calm ones where they are many', () => expect(radii(9, true)).toEqual([2.6 * 0.6, 6]))
})
