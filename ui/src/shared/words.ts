/** Times, spans and numbers as people write them, in the language of the reader. */
import { language, i18n, t } from './i18n'
import { clock, dayKey, now, parts, span } from './time'

export function spanText(ms: number): string {
  const { days: d, hours: h, minutes: m, seconds: s } = span(ms)
  if (d >= 3) return t('time.d', { d })
  if (d) return h ? t('time.dh', { d, h }) : t('time.d', { d })
  if (h) return m ? t('time.hm', { h, m }) : t('time.h', { h })
  if (m >= 5 || (m && !s)) return t('time.m', { m })
  return m ? t('time.ms', { m, s }) : t('time.s', { s })
}
/** 「还剩 12 分」 or 「已超 3 分」. */
export function untilText(deadline: number, at = now.value): string {
  const left = deadline - at
  return t(left >= 0 ? 'time.left' : 'time.over', { span: spanText(left) })
}
export function agoText(at: number, from = now.value): string {
  const past = from - at
  return past < 5000 ? t('time.now') : t('time.ago', { span: spanText(past) })
}
export function dateText(ms: number): string {
  const p = parts(ms)
  return t(p.year === parts(now.value).year ? 'time.date' : 'time.dateYear', p)
}
export function weekdayText(ms: number): string {
  return (i18n.global.tm('time.weekday') as string[])[parts(ms).weekday]
}
/** The clock alone for today, else with the day. */
export function whenText(ms: number | null | undefined): string {
  if (!ms) return ''
  const days = Math.round((Date.parse(dayKey(ms)) - Date.parse(dayKey(now.value))) / 86_400_000)
  if (days === 0) return clock(ms)
  const near = ({ '-1': 'yesterday', '1': 'tomorrow' } as Record<string, string>)[days]
  return t('time.dateTime', { date: near ? t(`time.${near}`) : dateText(ms), clock: clock(ms) })
}
const formats = new Map<string, Intl.NumberFormat>()
export function numberText(n: number | null | undefined, digits = 0): string {
  if (n === null || n === undefined) return '–'
  const key = `${language()}${digits}`
  if (!formats.has(key)) formats.set(key, new Intl.NumberFormat(language() === 'zh' ? 'zh-CN' : 'en', { maximumFractionDigits: digits }))
  return formats.get(key)!.format(n)
}
/** Minutes until everybody has been called: 「不到 1」 rather than a zero. */
export function minutesText(minutes: number): string {
  return minutes < 1 ? t('time.underOne') : numberText(minutes, minutes < 10 ? 1 : 0)
}
/** 大河家镇、刘集乡 */
export function listText(items: (string | undefined)[] | undefined): string {
  return (items ?? []).filter(Boolean).join(t('mark.list'))
}
