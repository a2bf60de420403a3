import { t } from '@shared/i18n'
import { spanText, whenText } from '@shared/words'

/** Until this long before, the minutes say enough. */
const kLastMinute_ms = 60_000
/** When what an alarm warns of arrives: 「约 14:30 到达（还有 42 分）」, and once that has come 「已到达」; never less than nothing. */
export function dueText(due: number, now: number): string {
  const left = due - now
  if (left <= 0) return t('signals.arrived', { when: whenText(due) })
  const shown = left > 5 * kLastMinute_ms ? Math.ceil(left / kLastMinute_ms) * kLastMinute_ms : left
  return t('signals.arrives', { when: whenText(due), span: spanText(shown) })
}
