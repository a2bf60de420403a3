import { t } from '@shared/i18n'
import type { Call } from '@shared/types'
import { usePack } from '../stores/pack'

/** 电话 2 次未接 · 短信已送达 */
export function triedText(call: Call): string {
  const pack = usePack()
  const by = new Map<string, { n: number; outcome: string }>()
  for (const a of call.attempts) by.set(a.channel, { n: (by.get(a.channel)?.n ?? 0) + 1, outcome: a.outcome })
  return [...by].map(([channel, x]) => t(x.n > 1 ? 'call.attempts' : 'call.attempt', { channel: pack.name('channels', channel), n: x.n, outcome: t(`outcome.${x.outcome}`) })).join(' · ')
}
