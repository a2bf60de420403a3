/** Times as people write them there: 19:05 today, 11月21日 19:05 otherwise; durations as 12 分. Always in the node's zone. */

const kZone_minutes = 480
const kMonths = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']
const pad = (n: number) => String(n).padStart(2, '0')

function local(at: number) {
  const d = new Date(at + kZone_minutes * 60_000)
  return { year: d.getUTCFullYear(), month: d.getUTCMonth(), day: d.getUTCDate(), clock: `${pad(d.getUTCHours())}:${pad(d.getUTCMinutes())}` }
}

export function clockTime(at: number, now: number, locale: string): string {
  const t = local(at)
  const today = local(now)
  if (t.year === today.year && t.month === today.month && t.day === today.day) return t.clock
  return locale === 'zh' ? `${t.month + 1}月${t.day}日 ${t.clock}` : `${t.day} ${kMonths[t.month]} ${t.clock}`
}

/** Rounded down, so that it never promises time that is not there: seconds below two minutes, then minutes, then hours. */
export function duration(ms: number, locale: string): string {
  const zh = locale === 'zh'
  const seconds = Math.floor(Math.max(0, ms) / 1000)
  if (seconds < 120) return zh ? `${seconds} 秒` : `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return zh ? `${minutes} 分` : `${minutes} min`
  const hours = Math.floor(minutes / 60)
  if (hours >= 48) return zh ? `${Math.floor(hours / 24)} 天` : `${Math.floor(hours / 24)} days`
  const rest = minutes % 60
  if (zh) return rest ? `${hours} 小时 ${rest} 分` : `${hours} 小时`
  return rest ? `${hours} h ${rest} min` : `${hours} h`
}
