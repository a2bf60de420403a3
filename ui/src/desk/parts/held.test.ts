import { nextTick, ref, shallowRef } from 'vue'
import { describe, expect, it } from 'vitest'
import { inPlace, useStill } from './held'

const rows = (...ids: number[]) => ids.map((id) => ({ id }))
const ids = (list: { id: number }[] | undefined) => list?.map((r) => r.id)

describe('a list under the pointer', () => {
  it('keeps its order, what left, and puts the new at the end', () => expect(ids(inPlace(rows(1, 2, 3), rows(3, 4, 1), (r) => r.id))).toEqual([1, 2, 3, 4]))
  it('shows what changed in a row that stays', () => expect(inPlace([{ id: 1, n: 0 }], [{ id: 1, n: 5 }], (r) => r.id)).toEqual([{ id: 1, n: 5 }]))
  it('takes its own order again when let go, or when another list is asked for', async () => {
    const source = shallowRef(rows(1, 2))
    const held = ref(true)
    const list = ref('silent')
    const shown = useStill(() => source.value, (r) => r.id, held, () => list.value)
    source.value = rows(2, 1)
    await nextTick()
    expect(ids(shown.value)).toEqual([1, 2])
    held.value = false
    expect(ids(shown.value)).toEqual([2, 1])
    held.value = true
    list.value = 'answered'
    source.value = rows(9)
    expect(ids(shown.value)).toEqual([9])
  })
})
