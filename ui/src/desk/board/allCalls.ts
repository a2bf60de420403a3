import { api } from '@shared/api'
import type { Call, CallGroup } from '@shared/types'

/** Names of one round are read whole up to this many; more are counted on the board but not listed here. */
export const kCallsRead = 5000
const kPage = 500

/** Every call of a group below a place, in the order of the node. `progress` hears how far the reading is. */
export async function readCalls(round: number, group: CallGroup, place: string | undefined, signal?: AbortSignal, progress?: (done: number, of: number) => void): Promise<{ items: Call[]; total: number }> {
  const items: Call[] = []
  let total = 0
  do {
    const got = await api.calls(round, { group, place, offset: items.length, limit: kPage })
    if (signal?.aborted) break
    total = got.total
    items.push(...got.items)
    progress?.(items.length, total)
    if (!got.items.length) break
  } while (items.length < Math.min(total, kCallsRead))
  return { items, total }
}
