import { describe, expect, it } from 'vitest'
import type { LinkStates } from '@shared/types'
import { boundsOfPoints, changesOf, countKinds, featuresOf } from './linkLayer'

const points = (more: Partial<LinkStates> = {}): LinkStates => ({ id: [1, 2, 3], lon: [102, 103, 104], lat: [35, 36, 34], state: [1, 3, 1], level: [0, 0, 4], ...more })

describe('links on the map', () => {
  it('are shown by level before state', () => expect(featuresOf(points()).features.map((f) => f.properties?.k)).toEqual([1, 3, 14]))
  it('are counted for the legend', () => expect([...countKinds(points())]).toEqual([[1, 1], [3, 1], [14, 1]]))
  it('tell what changed, and nothing else', () => {
    expect(changesOf(points(), points())).toEqual([])
    expect(changesOf(points(), points({ state: [1, 1, 5], level: [2, 0, 4] }))).toEqual([[1, 12], [2, 1]])
  })
  it('are sent whole when they are others or have moved', () => {
    expect(changesOf(points(), points({ id: [1, 2, 4] }))).toBeNull()
    expect(changesOf(points(), points({ lon: [102, 103, 105] }))).toBeNull()
  })
  it('have bounds', () => expect(boundsOfPoints(points())).toEqual([102, 34, 104, 36]))
})
