import { onScopeDispose, shallowRef, watch } from 'vue'
import { api } from '@shared/api'
import { t, te } from '@shared/i18n'
import type { Board, Warning } from '@shared/types'
import { useReplay } from '../stores/replay'
import type { LiveBoard } from './board'

/** The slider under a board covers the round: its curve is the share answered, its marks what happened to the warning. */
export function useBoardStretch(live: LiveBoard, warning: () => Warning | null) {
  const replay = useReplay()
  const whole = shallowRef<Board | null>(null)
  let gone = false
  if (replay.on) void api.board(live.round).then((b) => { whole.value ??= b }).catch(() => {})
  watch(live.board, (b) => { if (b && !replay.on) whole.value = b }, { immediate: true })
  watch([whole, warning], () => {
    const b = whole.value
    if (!b || gone) return
    const due = Math.max(1, b.totals.due)
    replay.stretch({
      from: b.round.opened_at - 10_000,
      to: b.round.closed_at ? b.round.closed_at + 30_000 : null,
      curve: (b.progress ?? []).map((p) => ({ at: p.at, share: Math.min(1, p.answered / due) })),
      marks: (warning()?.history ?? []).filter((h) => h.at >= b.round.opened_at - 10_000 && te(`event.${h.what}`)).map((h) => ({ at: h.at, level: h.what === 'issued' || h.what === 'changed' ? b.warning.level : undefined, text: `${h.by} ${t(`event.${h.what}`)}` })),
    })
  }, { immediate: true })
  onScopeDispose(() => { gone = true; replay.stretch(null) })
}
