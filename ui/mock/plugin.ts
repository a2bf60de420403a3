/** Development only: answers /api/v1 from memory when no node is given (ANLAN_API). Not part of the build. */
import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import type { Plugin } from 'vite'
import type { PreviewPerson, QueueItem, WarningDraft } from '../src/shared/types'
import { buildingTile, earthquakeRoutes } from './earthquakes'
import { roadRoutes } from './roads'
import * as R from './rounds'
import * as S from './signals'
import { tile } from './tiles'
import * as W from './world'

type Body = Record<string, never> & { [k: string]: unknown }
interface Asked { params: string[]; q: URLSearchParams; body: Body; raw: Buffer; me: string }
class Refused extends Error { constructor(readonly status: number, message: string, readonly next = '', readonly details?: unknown) { super(message) } }

const names: Record<string, string> = { duty: '马丽', leader: '王建国', registry: '李强', admin: '管理员' }
const roles: Record<string, string> = { duty: 'duty', leader: 'approver', registry: 'registrar', admin: 'admin' }
const session = (a: string) => ({ account: a, name: names[a], person: null, roles: [{ role: roles[a], place: W.home, place_name: '积石山县' }], node: { name: '积石山县应急管理局', place: W.home, place_path: '甘肃省 临夏回族自治州 积石山县', now: Date.now(), utc_offset_minutes: 480, demo: true, version: 'dev', duty_phone: '0930-7721000' } })
const page = <T>(list: T[], q: URLSearchParams, to = 50) => ({ total: list.length, items: list.slice(+(q.get('offset') ?? 0), +(q.get('offset') ?? 0) + +(q.get('limit') ?? to)) })
const warning = (id: string) => { const w = R.warnings[+id - 1]; if (!w) throw new Refused(404, '没有这条预警。', '回到列表看看。'); return w }
const save = (w: ReturnType<typeof warning>, patch: object, what: string, by: string, comment = '') => {
  Object.assign(w, patch); w.history.push({ at: Date.now(), what, by, comment }); w.may = R.may(w)
  R.fact(`warning.${what}`, by, `warning/${w.id}`, `${w.headline}：${what}`, patch)
  publish('warnings', { type: 'warnings', seq: R.seq, ids: [w.id] }); publish('queue', { type: 'queue', seq: R.seq })
  return w
}
const has = (q: string | null, ...texts: (string | undefined)[]) => !q || texts.some((x) => x?.includes(q))
const report = (q: URLSearchParams) => ({ dry_run: q.get('dry_run') === 'true', rows: 128, created: 96, changed: 22, unchanged: 8, errors: [{ line: 14, field: '电话', message: '「1390930」不是手机号，也不是带区号的固定电话。' }, { line: 77, field: '所在地', message: '「刘集乡阳洼村」在区划里找不到，最近的是「阳洼山村」。' }], remarks: [{ line: 31, field: '电话', message: '与第 12 行「马进才」共用一个号码。' }] })
const call = (a: Asked) => { const c = R.rounds[+a.params[0] - 1]?.calls[+a.params[1] - 1]; if (!c) throw new Refused(404, '没有这次呼叫。'); return c }
const again = (a: Asked, channel: string) => { const c = call(a); c.attempts.push({ no: c.attempts.length + 1, channel, at: Date.now(), outcome: 'placed', phone_masked: c.phone_masked }); c.state = 'waiting'; R.tell(+a.params[0], [c.seq]); return c }

const link = (id: string) => { const l = S.links[+id - 1001]; if (!l) throw new Refused(404, '没有这个测点。', '回到列表看看。'); return l }
const situation = (id: string) => { const s = S.situations.find((x) => x.id === +id); if (!s) throw new Refused(404, '没有这条态势。'); return s }
const told = (s: ReturnType<typeof situation>, patch: object) => { Object.assign(s, patch, { changed_at: Date.now() }); publish('signals', { type: 'signals', seq: ++steps }); return S.detail(s) }
let steps = 0

const routes: [string, RegExp, (a: Asked) => unknown][] = [
  ['GET', /^\/session$/, (a) => { if (!a.me) throw new Refused(401, '请先登录。'); return session(a.me) }],
  ['GET', /^\/pack$/, () => W.pack],
  ['GET', /^\/map$/, () => ({ bounds: W.bounds, base_maps: [] })],
  ['GET', /^\/queue$/, () => ({ items: [
    ...R.rounds.filter((r) => r.round.mode === 'live' && R.totals(r.calls).silent).map((r): QueueItem => { const w = R.warnings[r.round.warning - 1]; return { kind: 'silent', level: w.level, hazard: w.hazard, title: '暴雨橙色预警', where: w.area_label, since: r.round.opened_at, deadline: r.round.opened_at + 600_000, ask: 'follow_up', count: R.totals(r.calls).silent, link: `/rounds/${r.round.id}` } }),
    ...R.warnings.filter((w) => w.state === 'pending').map((w): QueueItem => ({ kind: 'approve', level: w.level, hazard: w.hazard, title: '地质灾害橙色预警', where: w.area_label, detail: `${w.drafter} 送批`, since: w.created_at, deadline: w.created_at + 480_000, ask: 'approve', link: `/warnings/${w.id}` })),
    ...R.warnings.filter((w) => w.state === 'draft').map((w): QueueItem => ({ kind: 'draft', level: w.level, hazard: w.hazard, title: w.headline, where: w.area_label, since: w.created_at, deadline: null, ask: 'send', link: `/warnings/${w.id}` })),
  ] })],
  ['GET', /^\/search$/, (a) => { const q = a.q.get('q'); return { places: [...W.places.values()].filter((p) => has(q, p.name, p.code)).slice(0, 6), people: W.people.filter((p) => has(q, p.name)).slice(0, 6), records: W.records.filter((r) => has(q, r.name)).slice(0, 6), warnings: R.warnings.filter((w) => has(q, w.headline)).slice(0, 4) } }],
  ['GET', /^\/places\/search$/, (a) => ({ items: [...W.places.values()].filter((p) => has(a.q.get('q'), p.name, p.code) && p.code.startsWith(a.q.get('within') ?? '')).slice(0, 12) })],
  ['GET', /^\/places\/at$/, () => W.places.get(W.home)],
  ['GET', /^\/places\/(\w+)\/children$/, (a) => ({ items: (W.below.get(a.params[0]) ?? []).map((c) => W.places.get(c)) })],
  ['GET', /^\/places\/(\w+)$/, (a) => { const p = W.places.get(a.params[0]); if (!p) throw new Refused(404, '没有这个地方。'); return p }],
  ['POST', /^\/areas\/normalise$/, (a) => { const g = a.body as WarningDraft & { circle?: { lon: number; lat: number; radius_km: number } }; const geometry = g.geometry ?? (g.circle ? { type: 'Polygon' as const, coordinates: [Array.from({ length: 65 }, (_, i) => [g.circle!.lon + (g.circle!.radius_km / 90.4) * Math.cos((i / 32) * Math.PI), g.circle!.lat + (g.circle!.radius_km / 111) * Math.sin((i / 32) * Math.PI)] as [number, number])] } : R.box(g.places ?? [])); const codes = R.codesIn({ geometry, places: g.places }); return { geometry, km2: 186.4, label: R.label({ geometry, places: g.places }).text, towns: codes.filter((c) => c.level === 'town').length, villages: codes.filter((c) => c.level === 'village').length, repaired: false } }],
  ['GET', /^\/warnings$/, (a) => { const s = a.q.get('state') ?? 'all'; return page([...R.warnings].reverse().filter((w) => s === 'all' ? w.state !== 'discarded' : s === 'ended' ? ['cancelled', 'expired', 'superseded'].includes(w.state) : w.state === s).map((w) => w.round ? { ...w, ...R.totals(R.rounds[w.round - 1].calls) } : w), a.q) }],
  ['POST', /^\/warnings$/, (a) => { const w = R.draft(a.body as WarningDraft, names[a.me]); publish('queue', { type: 'queue', seq: R.seq }); return w }],
  ['POST', /^\/warnings\/text$/, (a) => R.words(a.body as WarningDraft)],
  ['POST', /^\/warnings\/import-cap$/, (a) => { if (!a.raw.toString().includes('<alert')) throw new Refused(422, '这个文件不是 CAP 1.2。第 1 行应为 <alert>。', '请换一个文件。'); return { warnings: [R.draft({ hazard: 'rainstorm', level: 'red', places: [W.home] }, names[a.me])], remarks: [{ line: 12, field: 'polygon', message: '第 2 个 polygon 未闭合，已补上。' }] } }],
  ['GET', /^\/warnings\/(\d+)$/, (a) => warning(a.params[0])],
  ['PATCH', /^\/warnings\/(\d+)$/, (a) => { const w = warning(a.params[0]); Object.assign(w, a.body); if (a.body.places || a.body.geometry) w.area_label = R.label({ geometry: w.geometry, places: w.places }).text; return w }],
  ['DELETE', /^\/warnings\/(\d+)$/, (a) => { save(warning(a.params[0]), { state: 'discarded' }, 'discarded', names[a.me]); return undefined }],
  ['GET', /^\/warnings\/(\d+)\/preview$/, (a) => R.preview(warning(a.params[0]))],
  ['GET', /^\/warnings\/(\d+)\/preview\/people$/, (a) => page(R.previewPeople(warning(a.params[0]), a.q.get('group') ?? 'all', a.q.get('place') ?? '').map((post): PreviewPerson => ({ post, problem: '' })), a.q)],
  ['POST', /^\/warnings\/(\d+)\/preview$/, (a) => R.preview({ ...warning(a.params[0]), ...a.body } as never)],
  ['POST', /^\/warnings\/(\d+)\/preview\/people$/, (a) => page(R.previewPeople({ ...warning(a.params[0]), ...a.body } as never, a.q.get('group') ?? 'all', a.q.get('place') ?? '').map((post): PreviewPerson => ({ post, problem: '' })), a.q)],
  ['POST', /^\/warnings\/(\d+)\/submit$/, (a) => { const w = warning(a.params[0]); const free = w.level === 'yellow' || w.level === 'blue'; if (free) R.open(w, 'live'); return save(w, free ? { state: 'in_force', issued_at: Date.now() } : { state: 'pending' }, free ? 'issued' : 'submitted', names[a.me]) }],
  ['POST', /^\/warnings\/(\d+)\/approve$/, (a) => { const w = warning(a.params[0]); if (w.drafter === names[a.me]) throw new Refused(409, '橙色、红色预警须由另一人批准，您是起草人。', '请请值班领导登录批准。'); R.open(w, 'live'); return save(w, { state: 'in_force', issued_at: Date.now(), approver: names[a.me] }, 'approved', names[a.me]) }],
  ['POST', /^\/warnings\/(\d+)\/return$/, (a) => save(warning(a.params[0]), { state: 'draft' }, 'returned', names[a.me], String(a.body.comment))],
  ['POST', /^\/warnings\/(\d+)\/rehearse$/, (a) => { const w = warning(a.params[0]); R.open(w, 'rehearsal'); return save(w, {}, 'rehearsed', names[a.me]) }],
  ['POST', /^\/warnings\/(\d+)\/change$/, (a) => save(warning(a.params[0]), a.body, 'changed', names[a.me])],
  ['POST', /^\/warnings\/(\d+)\/extend$/, (a) => save(warning(a.params[0]), a.body, 'extended', names[a.me])],
  ['POST', /^\/warnings\/(\d+)\/cancel$/, (a) => { const w = warning(a.params[0]); for (const r of R.rounds) if (r.round.warning === w.id) r.round.state = 'closed'; return save(w, { state: 'cancelled' }, 'cancelled', names[a.me], String(a.body.comment)) }],
  ['POST', /^\/warnings\/(\d+)\/restore$/, (a) => save(warning(a.params[0]), { state: 'draft' }, 'restored', names[a.me])],
  ['GET', /^\/cap-sources$/, () => ({ items: [{ id: 1, url: 'https://cap.example.cn/feed.atom', interval_s: 60, last_ok_at: Date.now() - 42_000, last_error: null }, { id: 2, url: 'https://weather.example.cn/cap.xml', interval_s: 120, last_ok_at: Date.now() - 9e6, last_error: '连接被拒绝（第 75 次）。' }] })],
  ['GET', /^\/rounds$/, (a) => ({ items: R.rounds.map((r) => r.round).filter((r) => !a.q.get('warning') || r.warning === +a.q.get('warning')!) })],
  ['GET', /^\/rounds\/(\d+)\/board$/, (a) => { if (!R.rounds[+a.params[0] - 1]) throw new Refused(404, '没有这一轮叫应。'); return R.board(+a.params[0], a.q.get('place') ?? undefined) }],
  ['GET', /^\/rounds\/(\d+)\/calls$/, (a) => { const g = a.q.get('group') ?? 'all'; return page(R.rounds[+a.params[0] - 1].calls.filter((c) => c.place.startsWith(a.q.get('place') ?? '') && has(a.q.get('q'), c.person?.name, c.place_name)).filter((c) => g === 'all' || (g === 'silent' ? !['answered', 'covered', 'vacant'].includes(c.state) : g === 'answered' ? c.state === 'answered' : g === 'vacant' ? c.state === 'vacant' : ['need_support', 'cannot'].includes(c.answer?.meaning ?? ''))), a.q) }],
  ['GET', /^\/rounds\/(\d+)\/calls\/(\d+)$/, (a) => call(a)],
  ['POST', /^\/rounds\/(\d+)\/calls\/(\d+)\/again$/, (a) => again(a, 'voice')],
  ['POST', /^\/rounds\/(\d+)\/calls\/(\d+)\/(deputy|superior)$/, (a) => { const c = again(a, 'sms'); c.state = 'escalated'; return c }],
  ['POST', /^\/rounds\/(\d+)\/calls\/(\d+)\/answer$/, (a) => { const c = call(a); R.answerCall(c, String(a.body.meaning), a.body.number as number, { text: a.body.text, by: names[a.me], channel: 'voice' }); R.tell(+a.params[0], [c.seq]); return c }],
  ['POST', /^\/rounds\/(\d+)\/again$/, (a) => R.board(+a.params[0])],
  ['POST', /^\/rounds\/(\d+)\/(stop|resume)$/, (a) => { R.rounds[+a.params[0] - 1].round.state = a.params[1] === 'stop' ? 'stopped' : 'calling'; R.tell(+a.params[0], []); return R.board(+a.params[0]) }],
  ['GET', /^\/answer\/(\w+)$/, (a) => ask(a.params[0])],
  ['POST', /^\/answer\/(\w+)$/, (a) => { const c = R.rounds[0].calls[2]; if (!c.attempts.length) c.attempts.push({ no: 1, channel: 'app', at: Date.now(), outcome: 'placed' }); R.answerCall(c, String(a.body.meaning), a.body.number as number, { text: a.body.text, photos: a.body.photos }); R.tell(1, [c.seq]); return ask(a.params[0]) }],
  ['POST', /^\/answer\/(\w+)\/photos$/, (a) => ({ hash: createHash('sha256').update(a.raw).digest('hex') })],
  ['GET', /^\/my\/calls$/, () => ({ items: [ask('demo')] })],
  ['GET', /^\/people$/, (a) => page(W.people.filter((p) => p.posts.some((x) => x.place.startsWith(a.q.get('place') ?? '') && (!a.q.get('rank') || x.rank === a.q.get('rank'))) && has(a.q.get('q'), p.name, p.phones_masked[0]) && (!a.q.get('gap') || p.phone_state === a.q.get('gap')!.replace('_phone', '').replace('no', 'none'))), a.q)],
  ['POST', /^\/people$/, (a) => { const p = { id: W.people.length + 1, name: String(a.body.name), phones_masked: a.body.phones as unknown as string[], phone_state: 'ok' as const, posts: [] }; W.people.push(p); return p }],
  ['POST', /^\/(people|records\/\w+|places)\/import$/, (a) => report(a.q)],
  ['GET', /^\/people\/(\d+)$/, (a) => ({ ...W.people[+a.params[0] - 1], last_answers: [{ round: 1, at: Date.now() - 864e5, meaning: 'on_post', headline: '暴雨黄色预警' }] })],
  ['PATCH', /^\/people\/(\d+)$/, (a) => Object.assign(W.people[+a.params[0] - 1], { name: a.body.name, note: a.body.note })],
  ['GET', /^\/people\/(\d+)\/phones$/, () => ({ phones: ['13909301234'] })],
  ['GET', /^\/posts$/, (a) => page(W.posts.filter((p) => p.place.startsWith(a.q.get('place') ?? '') && (!a.q.get('vacant') || !p.holder) && (!a.q.get('rank') || p.rank === a.q.get('rank')) && has(a.q.get('q'), p.title, p.holder?.name, p.place_name)), a.q)],
  ['POST', /^\/posts$/, (a) => { const p = { ...W.posts[0], ...a.body, id: W.posts.length + 1 }; W.posts.push(p as never); return p }],
  ['GET', /^\/posts\/(\d+)$/, (a) => W.posts[+a.params[0] - 1]],
  ['PATCH', /^\/posts\/(\d+)$/, (a) => { const p = W.posts[+a.params[0] - 1]; if ('holder' in a.body) { const h = W.people[+(a.body.holder as number) - 1]; p.holder = h ? { id: h.id, name: h.name } : null } return p }],
  ['GET', /^\/coverage$/, (a) => ({ items: (W.below.get(a.q.get('place') ?? W.home) ?? []).map((c) => W.coverageRow(c)) })],
  ['GET', /^\/records\/(\w+)$/, (a) => { const s = a.q.get('sort') ?? ''; const key = s.replace('-', ''); const val = (r: (typeof W.records)[0]) => (key === 'name' ? r.name : r.fields[key]) as string; const list = W.records.filter((r) => r.type === a.params[0] && r.place.startsWith(a.q.get('place') ?? '') && has(a.q.get('q'), r.name, r.place_name) && [...a.q].every(([k, v]) => !k.startsWith('f.') || v.includes('..') || String(r.fields[k.slice(2)]) === v)); if (key) list.sort((x, y) => (val(x) < val(y) ? -1 : 1) * (s.startsWith('-') ? -1 : 1)); return page(list, a.q) }],
  ['POST', /^\/records\/(\w+)$/, (a) => { const r = { id: W.records.length + 1, type: a.params[0], posts: [], generated: false, ...a.body, place_name: W.places.get(String(a.body.place))?.name }; W.records.push(r as never); return r }],
  ['GET', /^\/records\/(\w+)\/(\d+)$/, (a) => { const r = W.records[+a.params[1] - 1]; return { ...r, posts: W.posts.filter((p) => p.place === r.place).slice(0, 2) } }],
  ['PATCH', /^\/records\/(\w+)\/(\d+)$/, (a) => Object.assign(W.records[+a.params[1] - 1], a.body)],
  ['DELETE', /^\/records\/(\w+)\/(\d+)$/, () => undefined],
  ['POST', /^\/records\/(\w+)\/(\d+)\/restore$/, (a) => W.records[+a.params[1] - 1]],
  ['GET', /^\/links$/, (a) => {
    const q = a.q, some = S.links.filter((l) => l.place.startsWith(q.get('place') ?? '') && (!q.get('type') || l.type === q.get('type')) && (!q.get('level') || S.rank(l.level) >= S.rank(q.get('level')!)) && has(q.get('q'), l.name, l.code, l.place_name))
    const list = some.filter((l) => !q.get('state') || l.state === q.get('state'))
    const sort = q.get('sort') ?? '', key = sort.replace('-', '') as 'name'
    if (key) list.sort((x, y) => (String(x[key]) < String(y[key]) ? -1 : 1) * (sort.startsWith('-') ? -1 : 1))
    return { ...page(list, q), states: some.reduce<Record<string, number>>((n, l) => ({ ...n, [l.state]: (n[l.state] ?? 0) + 1 }), {}) }
  }],
  ['GET', /^\/links\/states$/, (a) => { const list = S.links.filter((l) => !a.q.get('type') || l.type === a.q.get('type')); return { id: list.map((l) => l.id), lon: list.map((l) => l.lon), lat: list.map((l) => l.lat), state: list.map((l) => ['never', 'fresh', 'late', 'silent', 'implausible', 'flat'].indexOf(l.state)), level: list.map((l) => ['none', 'blue', 'yellow', 'orange', 'red'].indexOf(l.level)), suspect: list.map((l) => (l.suspect ? 1 : 0)) } }],
  ['GET', /^\/links\/(\d+)$/, (a) => S.linkDetail(link(a.params[0]))],
  ['GET', /^\/links\/(\d+)\/chart$/, (a) => S.chart(link(a.params[0]), +a.q.get('from')!, +a.q.get('until')!, +(a.q.get('buckets') ?? 300))],
  ['GET', /^\/links\/(\d+)\/readings$/, (a) => S.chart(link(a.params[0]), +(a.q.get('from') ?? Date.now() - 864e5), +(a.q.get('until') ?? Date.now()), 1e6).points],
  ['GET', /^\/situations$/, (a) => page(S.situations.filter((s) => (s.state === 'closed') === (a.q.get('state') === 'closed')).map(S.shown), a.q)],
  ['GET', /^\/situations\/(\d+)$/, (a) => S.detail(situation(a.params[0]))],
  ['POST', /^\/situations\/(\d+)\/take$/, (a) => told(situation(a.params[0]), { state: 'taken', taken_by: names[a.me], taken_at: Date.now() })],
  ['POST', /^\/situations\/(\d+)\/release$/, (a) => told(situation(a.params[0]), { state: 'open', taken_by: null, taken_at: null })],
  ['POST', /^\/situations\/(\d+)\/draft$/, (a) => { const s = situation(a.params[0]); if (s.warning) return S.detail(s); const w = R.draft({ hazard: s.hazard, level: s.level === 'none' ? 'yellow' : s.level, places: (S.detail(s).towns ?? []).map((t) => t.code) }, names[a.me]); publish('queue', { type: 'queue', seq: R.seq }); return told(s, { warning: w.id, warning_state: 'draft' }) }],
  ['GET', /^\/links\/(\d+)\/frames$/, (a) => ({ items: S.frames(link(a.params[0]), +(a.q.get('from') ?? Date.now() - 30 * 864e5), +(a.q.get('until') ?? Date.now()), +(a.q.get('limit') ?? 50)), searched_from: null })],
  ['GET', /^\/links\/(\d+)\/pictures$/, (a) => ({ items: S.pictures(link(a.params[0])), searched_from: null })],
  ['GET', /^\/rules$/, () => S.book()],
  ['POST', /^\/rules\/check$/, (a) => { const faults = S.faultsIn(String(a.body.yaml)); return { ok: !faults.length, faults } }],
  ['PUT', /^\/rules\/(\w+)$/, (a) => { S.keepRule(a.params[0], String(a.body.yaml)); return S.ruleOf(a.params[0]) }],
  ['DELETE', /^\/rules\/(\w+)$/, (a) => { S.dropRule(a.params[0]); return undefined }],
  ['POST', /^\/rules\/(\w+)\/switch$/, (a) => { S.setOn(a.params[0], !!a.body.on); return S.ruleOf(a.params[0]) }],
  ['POST', /^\/rules\/backtest$/, (a) => { const asked = a.body as never as Parameters<typeof S.backtest>[0]; const bad = (asked.steps ?? []).findIndex((s) => !/(>=|<=|<|>)\s*\S/.test(s.when)); if (bad >= 0) throw new Refused(422, '有一个条件读不懂。', '改正标出的地方再试。', [{ field: `steps.${bad + 1}.condition`, line: 0, message: `第 ${asked.steps![bad].when.length} 个字符处：应为比较，却是结尾` }]); return S.backtest(asked) }],
  ['GET', /^\/journal$/, (a) => ({ items: R.facts.filter((f) => (!a.q.get('before') || f.seq < +a.q.get('before')!) && has(a.q.get('kind'), f.kind) && has(a.q.get('actor'), f.actor) && has(a.q.get('q'), f.sentence) && (!a.q.get('from') || f.at >= +a.q.get('from')!) && (!a.q.get('to') || f.at < +a.q.get('to')!)).slice(0, +(a.q.get('limit') ?? 50)) })],
  ['GET', /^\/journal\/density$/, (a) => ({ from: +a.q.get('from')!, to: +a.q.get('to')!, counts: Array.from({ length: +a.q.get('slots')! }, (_, i) => Math.max(0, Math.round(6 * Math.sin(i / 7) + 5 * Math.sin(i * 1.7)))) })],
  ['POST', /^\/journal\/verify$/, () => ({ ok: true, facts: R.seq, head: 'a3f1'.repeat(16), problem: '' })],
  ['GET', /^\/system$/, () => ({ version: '0.1.0-dev', store: 'sqlite', facts: R.seq, disk_free_mb: 48211, writer_queue: 0, sockets: sockets.size, channels: [{ id: 'sms', name: '短信', queued: 3, rate_per_s: 20, last_ok_at: Date.now() - 4000 }, { id: 'voice', name: '语音电话', queued: 0, rate_per_s: 5, last_ok_at: Date.now() - 9000 }] })],
  ['GET', /^\/demo$/, () => demo],
  ['POST', /^\/demo$/, (a) => { Object.assign(demo, a.body); if (a.body.start) { const w = R.draft({ hazard: 'rainstorm', level: 'red', places: [W.home] }, '演示'); R.open(w, 'live'); save(w, { state: 'in_force', issued_at: Date.now() }, 'issued', '演示'); demo.warning = w.id; demo.running = true } return demo }],
  ['GET', /^\/accounts$/, () => ({ items: Object.keys(names).map((a, i) => ({ id: i + 1, account: a, name: names[a], roles: [{ role: roles[a], place: W.home, place_name: '积石山县' }], enabled: true, last_sign_in: Date.now() - i * 36e5 })) })],
  ['GET', /^\/accounts\/(\d+)\/token$/, () => ({ token: 'mock-token-of-a-site' })],
  ['POST', /^\/accounts$/, (a) => ({ id: 9, enabled: true, roles: [], ...a.body })],
  ['PATCH', /^\/accounts\/(\d+)$/, (a) => ({ id: +a.params[0], account: 'x', name: 'x', roles: [], enabled: true, ...a.body })],
]
const demo = { available: true, running: false, warning: null as number | null, answering: 0.85, dead: 0 }
const ask = (token: string) => { const w = R.warnings[0]; const c = R.rounds[0].calls[2]; return { token, state: c.answer ? 'answered' : 'open', mode: 'live', now: Date.now(), deadline: c.deadline, warning: { ...w, hazard_zh: '暴雨', hazard_en: 'Rainstorm' }, me: { name: c.person?.name ?? '马忠孝', posts: [`${c.place_name} ${c.post_title}`], place_name: c.place_name, lon: 102.78, lat: 35.83 }, because_of: [], options: W.pack.answers.map((x, i) => ({ id: x.id, zh: x.zh, en: x.en, number: x.number, primary: i < 3 })), answers: c.answers, duty_room: { name: '积石山县应急管理局值班室', phone: '0930-7721000' } } }

const sockets = new Map<Duplex, Set<string>>()
function frame(text: string) {
  const data = Buffer.from(text)
  const head = data.length < 126 ? Buffer.from([0x81, data.length]) : data.length < 65536 ? Buffer.from([0x81, 126, data.length >> 8, data.length & 255]) : Buffer.concat([Buffer.from([0x81, 127, 0, 0, 0, 0]), Buffer.from([data.length >>> 24, (data.length >> 16) & 255, (data.length >> 8) & 255, data.length & 255])])
  return Buffer.concat([head, data])
}
function publish(topic: string, message: object) {
  for (const [socket, topics] of sockets) if (topics.has(topic)) socket.write(frame(JSON.stringify(message)))
}
R.onChange(publish)
const roads = roadRoutes(names, publish)
const quakes = earthquakeRoutes(names, publish, Refused)
setInterval(() => { for (const s of sockets.keys()) s.write(frame(JSON.stringify({ type: 'ping', now: Date.now() }))) }, 10_000)

function upgrade(request: IncomingMessage, socket: Duplex) {
  if (!request.url?.startsWith('/api/v1/live')) return
  const accept = createHash('sha1').update(request.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64')
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`)
  sockets.set(socket, new Set())
  socket.write(frame(JSON.stringify({ type: 'hello', seq: R.seq, now: Date.now(), demo: true })))
  socket.on('data', (d: Buffer) => {
    if ((d[0] & 15) === 8) return socket.end()
    const long = (d[1] & 127) === 126
    const size = long ? d.readUInt16BE(2) : d[1] & 127
    const at = long ? 4 : 2
    const mask = d.subarray(at, at + 4)
    const text = Buffer.from(d.subarray(at + 4, at + 4 + size).map((b, i) => b ^ mask[i % 4])).toString()
    try {
      const topics = new Set<string>(JSON.parse(text).subscribe)
      sockets.set(socket, topics)
      for (const t of topics) if (t.startsWith('board:') && R.rounds[+t.slice(6) - 1]) socket.write(frame(JSON.stringify({ type: 'board', round: +t.slice(6), seq: R.seq, board: R.board(+t.slice(6)), changed: [] })))
    } catch { /* a ping or a torn frame: the mock ignores it */ }
  })
  socket.on('close', () => sockets.delete(socket)); socket.on('error', () => sockets.delete(socket))
}

async function serve(request: IncomingMessage, response: ServerResponse, next: () => void) {
  const url = new URL(request.url ?? '/', 'http://x')
  // As a node does: the phone page for the short link and for those who sign in.
  if (/^\/(m$|a\/)/.test(url.pathname)) request.url = '/phone.html'
  if (!url.pathname.startsWith('/api/v1/')) return next()
  const path = url.pathname.slice(7)
  const chunks: Buffer[] = []
  for await (const c of request) chunks.push(c as Buffer)
  const raw = Buffer.concat(chunks)
  const me = /anlan_session=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? ''
  const reply = (status: number, body?: unknown, headers: Record<string, string> = {}) => { response.writeHead(status, { 'Content-Type': 'application/json', ...headers }); response.end(body === undefined ? undefined : JSON.stringify(body)) }
  const built = /^\/tiles\/buildings\/(\w+)\/(\d+)\/(\d+)\/(\d+)/.exec(path)
  if (built) { response.writeHead(200, { 'Content-Type': 'application/vnd.mapbox-vector-tile' }); return response.end(buildingTile(built[1], +built[2], +built[3], +built[4])) }
  const tiles = /^\/tiles\/(\w+)\/(\d+)\/(\d+)\/(\d+)/.exec(path)
  if (tiles) { response.writeHead(200, { 'Content-Type': 'application/vnd.mapbox-vector-tile' }); return response.end(tile(tiles[1], +tiles[2], +tiles[3], +tiles[4])) }
  let body: Body = {} as Body
  try { body = JSON.parse(raw.toString() || '{}') } catch { /* raw bodies stay raw */ }
  if (path === '/session' && request.method === 'POST') {
    const who = String(body.account)
    return names[who] ? reply(200, session(who), { 'Set-Cookie': `anlan_session=${who}; Path=/; HttpOnly` }) : reply(401, { error: { code: 'wrong_password', message: '账号或密码不对。', next: '还可再试 4 次。' } })
  }
  if (path === '/session' && request.method === 'DELETE') return reply(204, undefined, { 'Set-Cookie': 'anlan_session=; Path=/; Max-Age=0' })
  if (!me && !path.startsWith('/answer')) return reply(401, { error: { code: 'sign_in', message: '请先登录。', next: '' }, demo: { accounts: Object.keys(names).map((a) => ({ account: a, password: 'demo', name: names[a], role: roles[a] })) } })
  for (const [method, pattern, run] of [...routes, ...roads, ...quakes]) {
    const found = request.method === method && pattern.exec(path)
    if (!found) continue
    try { const answer = run({ params: found.slice(1), q: url.searchParams, body, raw, me }); return answer === undefined ? reply(204) : reply(200, answer) } catch (error) {
      if (error instanceof Refused) return reply(error.status, { error: { code: 'refused', message: error.message, next: error.next, details: error.details } })
      console.error(error); return reply(500, { error: { code: 'mock', message: String(error), next: '' } })
    }
  }
  reply(404, { error: { code: 'no_route', message: `mock: ${request.method} ${path}`, next: '' } })
}

export function mockNode(): Plugin {
  type Server = { middlewares: { use(f: (q: IncomingMessage, r: ServerResponse, n: () => void) => void): void }; httpServer: { on(event: 'upgrade', f: typeof upgrade): unknown } | null }
  const attach = (server: Server) => { server.middlewares.use((q, r, n) => { void serve(q, r, n) }); server.httpServer?.on('upgrade', upgrade) }
  return { name: 'anlan-mock', configureServer: (s) => attach(s as unknown as Server), configurePreviewServer: (s) => attach(s as unknown as Server) }
}
