/** Warnings and call rounds of the invented county; a round fills by itself while somebody watches. */
import type { Board, Call, Fact, Geometry, Preview, PostRow, Round, Totals, Warning, WarningDraft } from '../src/shared/types'
import { below, coverageRow, home, inside, pack, places, posts, random } from './world'

export const warnings: Warning[] = []
export const rounds: { round: Round; calls: Call[]; progress: Board['progress'] & object }[] = []
export const facts: Fact[] = []
export let seq = 0
let send: (topic: string, message: object) => void = () => {}
export function onChange(f: typeof send) { send = f }

export function fact(kind: string, actor: string, subject: string, sentence: string, body: unknown = {}) {
  facts.unshift({ seq: ++seq, at: Date.now(), kind, actor, subject, sentence, body, hash: (seq * 2654435761 % 4294967296).toString(16).padStart(8, '0').repeat(8) })
}
const rings = (g: Geometry) => (g.type === 'Polygon' ? [g.coordinates[0]] : (g.coordinates as never as [number, number][][][]).map((p) => p[0])) as [number, number][][]
export function codesIn(w: Pick<WarningDraft, 'geometry' | 'places'>) {
  const all = [...places.values()].filter((p) => p.level === 'village' || p.level === 'town')
  return all.filter((p) => (w.places ?? []).some((c) => p.code.startsWith(c)) || (w.geometry && rings(w.geometry).some((r) => inside([p.lon!, p.lat!], r))))
}
export function label(w: Pick<WarningDraft, 'geometry' | 'places'>) {
  const towns = [...new Set(codesIn(w).map((p) => p.code.slice(0, 9)))].map((c) => places.get(c)!.name)
  if (towns.length >= 17) return { text: '积石山县全县', towns }
  return { text: towns.length > 2 ? `${towns[0]}等 ${towns.length} 个乡镇` : towns.join('、') || '区域内没有乡镇', towns }
}
export const box = (codes: string[]): Geometry => {
  const at = codes.flatMap((c) => [...places.values()].filter((p) => p.code.startsWith(c) && p.lon != null && p.level !== 'county'))
  const x = at.map((p) => p.lon!), y = at.map((p) => p.lat!)
  const [a, b, c, d] = [Math.min(...x) - 0.01, Math.min(...y) - 0.01, Math.max(...x) + 0.01, Math.max(...y) + 0.01]
  return { type: 'Polygon', coordinates: [[[a, b], [c, b], [c, d], [a, d], [a, b]]] }
}
const called = (w: Warning) => { const codes = new Set(codesIn(w).map((p) => p.code)); return posts.filter((p) => codes.has(p.place)) }

export function preview(w: Warning): Preview {
  const list = called(w)
  const codes = [...new Set(codesIn(w).map((p) => p.code.slice(0, 9)))]
  const count = (s: string) => list.filter((p) => p.holder && p.phone_state === s).length
  const people = list.filter((p) => p.holder).length
  return { people, posts: list.length, vacant: list.length - people, no_phone: count('none'), stale_phone: count('stale'), shared_phone: count('shared'), outside: 3, towns: codes.length,
    villages: codesIn(w).filter((p) => p.level === 'village').length, villages_empty: codesIn(w).filter((p) => p.level === 'village' && !list.some((x) => x.place === p.code && x.holder)),
    channels: pack.channels.map((c, i) => ({ id: c.id, people: Math.round(people * [0.4, 1, 0.9][i]) })), minutes: Math.max(1, Math.round(people / 60)),
    by_place: codes.map((c) => ({ ...coverageRow(c, list), children: (below.get(c) ?? []).filter((v) => list.some((x) => x.place === v)).map((v) => coverageRow(v, list)) })),
    by_rank: ['town', 'village', 'object'].map((rank) => ({ rank, people: list.filter((p) => p.rank === rank && p.holder).length, vacant: list.filter((p) => p.rank === rank && !p.holder).length, answer_limit_s: 600 })) }
}
export function previewPeople(w: Warning, group: string, place: string): PostRow[] {
  return called(w).filter((p) => p.place.startsWith(place)).filter((p) => group === 'all' ? p.holder : group === 'vacant' ? !p.holder : group === 'outside' ? p.id % 90 === 0 : p.holder && p.phone_state === group.replace('_phone', '').replace('no', 'none'))
}

export const may = (w: Warning): Warning['may'] =>
  w.state === 'draft' ? ['edit', 'discard', 'submit', 'rehearse'] : w.state === 'pending' ? ['approve', 'return', 'rehearse'] : w.state === 'in_force' ? ['change', 'extend', 'cancel', 'rehearse', 'stop', 'resume'] : w.state === 'discarded' ? ['restore'] : []
const hazard = (id: string) => pack.hazards.find((h) => h.id === id)?.zh ?? ''
const colour = (id: string) => pack.levels.find((l) => l.id === id)?.zh ?? ''
export const words = (d: WarningDraft) => {
  const where = d.area_label || label(d).text
  const title = `${hazard(d.hazard ?? 'rainstorm')}${colour(d.level ?? 'yellow')}预警`
  return { headline: `${where}${title}`, description: `预计未来 3 小时，${where}降雨量将达 50 毫米以上，局地伴有短时强降水，山洪、滑坡、泥石流风险高。`, instruction: '1. 立即巡查隐患点、河道、涵洞；\n2. 通知受威胁群众，做好转移准备；\n3. 责任人保持通信畅通，到岗后回复。', message: `【${title}】${where}未来3小时降雨超50毫米，请立即到岗并回复：1收到 2已到岗 3已转移N人 4需要支援 5无法执行。` }
}
export function draft(d: WarningDraft, by: string): Warning {
  const geometry = d.geometry ?? (d.places?.length ? box(d.places) : box([home]))
  const w = { id: warnings.length + 1, version: 1, state: 'draft', hazard: 'rainstorm', level: 'yellow', created_at: Date.now(), expires: Date.now() + 6 * 36e5, drafter: by, approver: null, round: null, source: 'drawn', places: [], km2: 212, sender_name: '积石山县应急管理局', history: [{ at: Date.now(), what: 'drafted', by }], rounds: [], pending_change: null, may: [], area_label: label(d).text, ...words(d), ...d, geometry } as Warning
  w.may = may(w)
  warnings.push(w)
  return w
}
export function open(w: Warning, mode: Round['mode']) {
  const now = Date.now()
  const round: Round = { id: rounds.length + 1, warning: w.id, warning_version: w.version, mode, state: 'calling', opened_at: now }
  const calls = called(w).map((p, i): Call => ({
    seq: i + 1, kind: 'holder', state: p.holder ? 'calling' : 'vacant', person: p.holder ?? null, post: p.id, post_title: p.title, place: p.place, place_name: places.get(p.place)!.name, rank: p.rank, phone_masked: p.phone_masked,
    deadline: p.holder ? now + 600_000 + Math.round(random() * 240_000) : null, deputy: p.deputy ?? null, superior: p.superior ?? null, posts: [p.title], attempts: [], answer: null, answers: [] }))
  rounds.push({ round, calls, progress: [] })
  w.round = round.id
  w.rounds = [...(w.rounds ?? []), round]
  return round
}
export function totals(calls: Call[]): Totals {
  const of = (f: (c: Call) => boolean) => calls.filter(f).length
  const due = of((c) => c.state !== 'vacant'), answered = of((c) => c.state === 'answered' || c.state === 'covered')
  return { due, called: of((c) => c.attempts.length > 0), answered, silent: due - answered, vacant: of((c) => c.state === 'vacant'), escalated: of((c) => c.state === 'escalated'), exhausted: of((c) => c.state === 'exhausted'),
    attention: of((c) => !!c.answer && ['need_support', 'cannot'].includes(c.answer.meaning)), people_moved: calls.reduce((s, c) => s + (c.answer?.number ?? 0), 0) }
}
export function board(id: number, place?: string): Board {
  const r = rounds[id - 1]
  const w = warnings[r.round.warning - 1]
  const here = place ? r.calls.filter((c) => c.place.startsWith(place)) : r.calls
  const size = place ? (place.length >= 9 ? 12 : 9) : 9
  const groups = new Map<string, Call[]>()
  for (const c of here) { const k = c.place.slice(0, size); groups.set(k, [...(groups.get(k) ?? []), c]) }
  return { round: { ...r.round, totals: totals(r.calls) }, warning: w, totals: totals(r.calls), place: place ?? home,
    by_place: [...groups].map(([code, list]) => ({ ...totals(list), code, name: places.get(code)!.name, level: places.get(code)!.level, lon: places.get(code)!.lon, lat: places.get(code)!.lat })),
    answers: pack.answers.map((a) => ({ id: a.id, count: r.calls.filter((c) => c.answer?.meaning === a.id).length, number: a.number ? r.calls.reduce((s, c) => s + (c.answer?.meaning === a.id ? c.answer.number ?? 0 : 0), 0) : undefined })),
    progress: r.progress, seq }
}
function step() {
  for (const r of rounds) {
    if (r.round.state !== 'calling') continue
    const now = Date.now()
    const changed: number[] = []
    const fresh = r.calls.filter((c) => c.state === 'calling' && !c.attempts.length)
    for (const c of fresh.slice(0, 60)) { c.attempts.push({ no: 1, channel: 'sms', at: now, outcome: 'delivered', phone_masked: c.phone_masked }); c.state = 'waiting'; changed.push(c.seq) }
    for (const c of r.calls.filter((x) => x.state === 'waiting')) {
      const u = random()
      if (u < 0.03 && c.seq % 8) { answerCall(c, u < 0.0012 ? 'need_support' : u < 0.0016 ? 'cannot' : u < 0.007 ? 'moved' : u < 0.016 ? 'on_post' : 'received', u < 0.007 && u >= 0.0016 ? Math.ceil(random() * 30) : null); changed.push(c.seq) }
      else if (u > 0.995 && c.attempts.length < 4) { c.attempts.push({ no: c.attempts.length + 1, channel: 'voice', at: now, outcome: u > 0.997 ? 'busy' : 'no_answer', phone_masked: c.phone_masked }); changed.push(c.seq) }
      c.overdue = !!c.deadline && c.deadline < now
    }
    if (!changed.length) continue
    tell(r.round.id, changed)
  }
}
export function answerCall(c: Call, meaning: string, number: number | null = null, extra: object = {}) {
  c.state = 'answered'
  c.answer = { meaning, number, at: Date.now(), channel: 'app', ...extra }
  c.answers!.push(c.answer)
  c.attempts[c.attempts.length - 1]!.outcome = 'answered'
}
export function tell(id: number, changed: number[]) {
  seq++
  const r = rounds[id - 1]
  const t = totals(r.calls)
  r.progress.push({ at: Date.now(), called: t.called, answered: t.answered })
  send(`board:${id}`, { type: 'board', round: id, seq, board: board(id), changed })
}
setInterval(step, 1000)

const storm: Geometry = { type: 'Polygon', coordinates: [[[102.72, 35.9], [102.83, 35.897], [102.93, 35.82], [102.965, 35.74], [102.9, 35.69], [102.8, 35.695], [102.68, 35.735], [102.64, 35.81], [102.72, 35.9]]] }
const first = draft({ hazard: 'rainstorm', level: 'orange', geometry: storm }, '马丽')
Object.assign(first, { state: 'in_force', issued_at: Date.now() - 8 * 60_000, approver: '王建国', created_at: Date.now() - 15 * 60_000 })
open(first, 'live')
const second = draft({ hazard: 'geohazard', level: 'orange', places: below.get(home)!.slice(9, 11) }, '马丽')
Object.assign(second, { state: 'pending' })
second.history.push({ at: Date.now(), what: 'submitted', by: '马丽' })
const third = draft({ hazard: 'gale', level: 'blue', places: [home] }, '李强')
Object.assign(third, { state: 'in_force', issued_at: Date.now() - 36e5, approver: '李强' })
draft({ hazard: 'flash_flood', level: 'yellow', places: below.get(home)!.slice(1, 3) }, '马丽')
for (const w of warnings) w.may = may(w)
for (let i = 0; i < 120; i++) {
  fact(['call.attempted', 'answer.kept', 'warning.issued', 'person.changed'][i % 4], ['马丽', '系统', '王建国'][i % 3], `round/1`, ['向韩永福发出第 1 次短信', '祁成林 回复：已到岗', '暴雨橙色预警发布', '马忠孝 的电话改为 139****2210'][i % 4], { n: i, channel: 'sms' })
  facts[0].at = Date.now() - (120 - i) * 55_000
}
