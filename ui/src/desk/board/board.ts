import { onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, type ApiError } from '@shared/api'
import { on, subscribe } from '@shared/live'
import type { Board, BoardPlace } from '@shared/types'
import { useLoad } from '../parts/action'

/** One round, live. `places` is one level below `place` (empty: the whole round); `changed` counts up with every message. */
export function useBoard(round: number) {
  const place = ref('')
  const trail = shallowRef<BoardPlace[]>([])
  const board = shallowRef<Board | null>(null)
  const places = shallowRef<BoardPlace[]>([])
  const changes = ref(0)
  const first = useLoad(async () => { take(await api.board(round)) })
  let timer = 0

  function take(b: Board) {
    if (board.value?.seq !== undefined && b.seq !== undefined && b.seq < board.value.seq) return
    board.value = b
    if (!place.value) places.value = b.by_place
    changes.value++
  }
  async function drill() {
    if (place.value) places.value = (await api.board(round, place.value)).by_place
    else if (board.value) places.value = board.value.by_place
  }
  watch(place, () => void drill().catch(() => { place.value = ''; trail.value = [] }))
  function enter(p: BoardPlace) {
    if (p.level === 'village' || p.code.length >= 12) return
    trail.value = [...trail.value, p]
    place.value = p.code
  }
  function back(to: number) {
    trail.value = trail.value.slice(0, to)
    place.value = trail.value.at(-1)?.code ?? ''
  }
  const ends = [subscribe(`board:${round}`), on('board', (m) => {
    if (m.round !== round) return
    take(m.board)
    if (place.value) { clearTimeout(timer); timer = window.setTimeout(() => void drill().catch(() => {}), 800) }
  })]
  onScopeDispose(() => { clearTimeout(timer); ends.forEach((f) => f()) })
  return { board, places, place, trail, changes, enter, back, take, error: first.error as typeof first.error & { value: ApiError | null }, reload: first.reload }
}
export type LiveBoard = ReturnType<typeof useBoard>
