import { computed, onScopeDispose, ref, shallowRef, watch } from 'vue'
import { api, type ApiError } from '@shared/api'
import { on, subscribe } from '@shared/live'
import type { Board, BoardPlace, Call } from '@shared/types'
import { useLoad } from '../parts/action'
import { useReplay } from '../stores/replay'
import { readCalls } from './allCalls'
import { callsThen, inOrder } from './callsThen'

/** A place that holds this share of all calls is shown one level further down, beside the few others. */
const kSpreadFrom = 0.7

/**
 * One round, live or as it was at the moment looked back at. `places` is one level below `place` (empty: the whole round);
 * `changes` counts up whenever names may have moved; `then` are the calls of that moment, null in the present.
 */
export function useBoard(round: number) {
  const replay = useReplay()
  const place = ref('')
  const trail = shallowRef<BoardPlace[]>([])
  const board = shallowRef<Board | null>(null)
  const places = shallowRef<BoardPlace[]>([])
  const changes = ref(0)
  let spread = ''
  let timer = 0
  let turn = 0

  const first = useLoad(async () => {
    const at = replay.seen
    const b = await api.board(round, undefined, at ?? undefined)
    if (at === replay.seen) show(b)
  }, () => replay.seen)

  function show(b: Board) {
    board.value = b
    const top = [...b.by_place].sort((x, y) => y.due - x.due)[0]
    spread = top && top.code.length < 9 && top.due >= kSpreadFrom * b.totals.due ? top.code : ''
    changes.value++
    if (!place.value && !spread) places.value = b.by_place
    else if (!places.value.length || replay.on) void drill().catch(() => {})
    else { clearTimeout(timer); timer = window.setTimeout(() => void drill().catch(() => {}), 800) }
  }
  /** A board that an action or the live link brought: the present only, and never an older one. */
  function take(b: Board) {
    if (replay.on || (board.value?.seq !== undefined && b.seq !== undefined && b.seq < board.value.seq)) return
    show(b)
  }
  async function drill() {
    const mine = ++turn
    const inside = place.value || spread
    const rows = inside ? (await api.board(round, inside, replay.seen ?? undefined)).by_place : board.value?.by_place ?? []
    if (mine !== turn) return
    places.value = place.value || !spread ? rows : [...rows, ...(board.value?.by_place.filter((p) => p.code !== spread) ?? [])]
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

  /* The names of a moment come from the whole list, read once while looking back. */
  const all = shallowRef<Call[] | null>(null)
  const names = useLoad(async (signal) => { all.value = replay.on ? (await readCalls(round, 'all', undefined, signal)).items : null }, () => replay.on)
  const then = computed(() => (replay.seen !== null && all.value ? inOrder(callsThen(all.value, replay.seen)) : null))

  const ends = [subscribe(`board:${round}`), on('board', (m) => { if (m.round === round) take(m.board) })]
  onScopeDispose(() => { clearTimeout(timer); turn++; ends.forEach((f) => f()) })
  return { round, board, places, place, trail, changes, then, enter, back, take, error: first.error as typeof first.error & { value: ApiError | null }, namesError: names.error, reload: first.reload }
}
export type LiveBoard = ReturnType<typeof useBoard>
