/** Development only: invented roads between the towns and villages of the county, and what is asked of them. */
import type { At, Coverage, CoverageAsked, ResponseCircle, RoadState, RoadStateChange, Station } from '../src/desk/roads/types'
import type { AirAsked, Mission, Plan, ReliefAsked, TeamsAsked } from '../src/desk/dispatch/types'
import { below, home, inside, pack, places, random, records } from './world'

type XY = [number, number]
const n = (id: string, zh: string, en: string) => ({ id, zh, en })
const c = (id: string, zh: string, en: string, choices: object[]) => ({ id, zh, en, type: 'choice', list: true, filter: true, choices })
const number = (id: string, zh: string, en: string, unit: string) => ({ id, zh, en, type: 'integer', unit, list: true })
pack.record_types.push(
  { ...n('rescue_team', '救援队伍', 'Rescue team'), generated: true, fields: [c('speciality', '专长', 'Speciality', [n('general', '综合', 'General'), n('flood', '防汛抢险', 'Flood'), n('water', '水域救援', 'Water'), n('medical', '医疗救护', 'Medical')]), number('people', '人数', 'People', '人')] } as never,
  { ...n('helicopter_point', '直升机起降点', 'Helicopter landing point'), generated: true, fields: [number('length', '场地长度', 'Length', 'm')] } as never,
  { ...n('warehouse', '物资储备库', 'Warehouse'), generated: true, fields: [number('tents', '帐篷', 'Tents', '顶')] } as never,
  { ...n('hospital', '医院', 'Hospital'), generated: true, fields: [c('kind', '类别', 'Kind', [n('general', '综合医院', 'General hospital'), n('town_health_centre', '乡镇卫生院', 'Town health centre')]), c('grade', '等级', 'Grade', [n('grade_2', '二级', 'Grade 2'), n('grade_1', '一级', 'Grade 1')]), number('beds', '床位数', 'Beds', '张')] } as never,
)
const towns = (below.get(home) ?? []).map((code) => places.get(code)!)
const villages = towns.flatMap((t) => (below.get(t.code) ?? []).map((v) => places.get(v)!))
const put = (type: string, name: string, where: (typeof towns)[0], fields: object) => { records.push({ id: records.length + 1, type, name, place: where.code, place_name: where.name, lon: where.lon! + 0.004, lat: where.lat! + 0.003, fields, generated: true, changed_at: Date.now() - 1e8 } as never); return records.at(-1)! }
const teams = towns.filter((_, i) => i % 3 !== 1).map((t, i) => put('rescue_team', `${t.name.replace(/[乡镇]$/, '')}${i % 3 ? '救援队' : '消防站'}`, t, { speciality: ['general', 'flood', 'water', 'medical'][i % 4], people: 12 + i * 2 }))
const stores = towns.filter((_, i) => i % 5 === 0).map((t) => put('warehouse', `${t.name.replace(/[乡镇]$/, '')}储备库`, t, { tents: 800 }))
const hospitals = towns.filter((_, i) => i % 2 === 0).map((t, i) => put('hospital', i ? `${t.name}卫生院` : '县人民医院', t, { kind: i ? 'town_health_centre' : 'general', grade: i ? 'grade_1' : 'grade_2', beds: i ? 40 : 320 }))
const landings = towns.filter((_, i) => i % 4 === 0).map((t) => put('helicopter_point', `${t.name}起降点`, t, { length: 60 }))
const people = new Map(villages.map((v) => [v.code, 300 + Math.floor(random() * 1800)]))

const km = (a: XY, b: XY) => Math.hypot((a[0] - b[0]) * 90.4, (a[1] - b[1]) * 111)
const at = (p: { lon?: number | null; lat?: number | null }): XY => [p.lon!, p.lat!]
interface Edge { a: number; b: number; name: string; class: string; shape: XY[]; km: number }
const nodes = [...towns, ...villages].map(at)
const edges: Edge[] = []
const kmh: Record<string, number> = { primary: 50, tertiary: 32, unclassified: 25 }
function join(a: number, b: number, name: string, cls: string) {
  if (edges.some((e) => (e.a === a && e.b === b) || (e.a === b && e.b === a))) return
  const [p, q] = [nodes[a], nodes[b]]
  const bow = (random() - 0.5) * 0.25
  const shape = Array.from({ length: 9 }, (_, i): XY => { const s = i / 8, w = Math.sin(s * Math.PI) * bow + (i % 8 ? (random() - 0.5) * 0.05 : 0); return [p[0] + (q[0] - p[0]) * s - (q[1] - p[1]) * w, p[1] + (q[1] - p[1]) * s + (q[0] - p[0]) * w] })
  edges.push({ a, b, name, class: cls, shape, km: shape.slice(1).reduce((s, x, i) => s + km(shape[i], x), 0) })
}
towns.forEach((t, i) => [...towns.keys()].filter((k) => k !== i).sort((x, y) => km(nodes[i], nodes[x]) - km(nodes[i], nodes[y])).slice(0, 3).forEach((k) => join(i, k, `${t.name[0]}${towns[k].name[0]}公路`, 'primary')))
villages.forEach((v, i) => { const k = towns.length + i; join(k, towns.findIndex((t) => v.code.startsWith(t.code)), `${v.name}路`, 'tertiary'); const next = [...villages.keys()].filter((x) => x !== i).sort((x, y) => km(nodes[k], at(villages[x])) - km(nodes[k], at(villages[y])))[0]; join(k, towns.length + next, '村道', 'unclassified') })
export const roadFeatures = edges.map((e) => ({ type: 'Feature', geometry: { type: 'LineString', coordinates: e.shape }, properties: { class: e.class, name: e.name } }))

const states: RoadState[] = []
function hits(shape: GeoJSON.Geometry): Edge[] {
  if (shape.type === 'Polygon') return edges.filter((e) => e.shape.some((p) => inside(p, shape.coordinates[0] as XY[])))
  const points = (shape.type === 'Point' ? [shape.coordinates] : shape.type === 'LineString' ? shape.coordinates : []) as XY[]
  return [...new Set(points.map((p) => nearest(p).edge))]
}
function nearest(p: XY) { let best = { edge: edges[0], d: Infinity, i: 0 }; for (const edge of edges) edge.shape.forEach((q, i) => { const d = km(p, q); if (d < best.d) best = { edge, d, i } }); return best }
const inForce = () => states.filter((s) => !s.lifted_at && (!s.until || s.until > Date.now()))
function speeds() {
  const by = new Map<Edge, number>()
  for (const s of inForce()) for (const e of hits(s.shape)) by.set(e, s.kind === 'closed' ? 0 : Math.min(by.get(e) ?? 99, s.kind === 'slow' ? s.speed_kmh! : 99))
  return (e: Edge) => Math.min(by.get(e) ?? 99, kmh[e.class])
}
/** Minutes from many points to every node, and the edge by which it was reached. */
function reach(from: XY[], skip?: Edge) {
  const speed = speeds()
  const minutes = nodes.map(() => Infinity)
  const via: (Edge | null)[] = nodes.map(() => null)
  for (const p of from) { const i = nodes.reduce((b, q, k) => (km(p, q) < km(p, nodes[b]) ? k : b), 0); minutes[i] = Math.min(minutes[i], km(p, nodes[i]) * 2) }
  const open = new Set(nodes.keys())
  for (;;) {
    let i = -1
    for (const k of open) if (i < 0 || minutes[k] < minutes[i]) i = k
    if (i < 0 || minutes[i] === Infinity) return { minutes, via }
    open.delete(i)
    for (const e of edges) { if ((e.a !== i && e.b !== i) || e === skip || !speed(e)) continue; const k = e.a === i ? e.b : e.a; const m = minutes[i] + (e.km / speed(e)) * 60; if (m < minutes[k]) { minutes[k] = m; via[k] = e } }
  }
}
const spot = (w: unknown): XY => { const x = w as { record?: number; place?: string } & At; return x.record ? at(records[x.record - 1]) : x.place ? at(places.get(x.place)!) : [x.lon, x.lat] }
function route(from: XY, to: XY, skip?: Edge) {
  const { minutes, via } = reach([from], skip)
  let i = nodes.reduce((b, q, k) => (km(to, q) < km(to, nodes[b]) ? k : b), 0)
  if (minutes[i] === Infinity) return null
  const total = minutes[i], legs: { e: Edge; shape: XY[] }[] = []
  while (via[i]) { const e = via[i]!; legs.unshift({ e, shape: e.b === i ? e.shape : [...e.shape].reverse() }); i = e.b === i ? e.a : e.b }
  const shape = legs.flatMap((l) => l.shape)
  const turns = ['直行', '左转', '右转']
  return { legs, minutes: total, km: legs.reduce((s, l) => s + l.e.km, 0), estimated: false, profile: 'car', arrive: Date.now() + total * 6e4, shape: { type: 'LineString' as const, coordinates: shape.length ? shape : [from, to] },
    snapped: { from: { lon: from[0], lat: from[1], distance_m: 42, road: '' }, to: { lon: to[0], lat: to[1], distance_m: 180, road: '' } },
    steps: legs.map((l, k) => ({ zh: k ? `${turns[k % 3]}进入${l.e.name}` : `从起点沿${l.e.name}出发`, en: k ? `Turn onto ${l.e.name}` : `Start on ${l.e.name}`, km: l.e.km, minutes: 3, lon: l.shape[0][0], lat: l.shape[0][1] })) }
}
const preview = (shape: GeoJSON.Geometry) => { const h = hits(shape); return { roads_hit: h.length * 3, length_km: h.reduce((s, e) => s + e.km, 0), names: h.map((e) => e.name).slice(0, 20), shape: { type: 'MultiLineString', coordinates: h.map((e) => e.shape) } } }
function setState(body: RoadStateChange, by: string) { const p = preview(body.shape); states.unshift({ ...body, id: states.length + 1, set_by: { name: by }, set_at: Date.now(), roads: p.roads_hit, length_km: p.length_km }); return { state: states[0].id, roads_hit: p.roads_hit, length_km: p.length_km, ms: 12 } }
setState({ name: '柳沟大桥', kind: 'closed', shape: { type: 'Point', coordinates: edges[5].shape[4] }, until: null, reason: '桥面过水' }, '马丽')
setState({ name: edges[9].name, kind: 'slow', speed_kmh: 20, shape: { type: 'LineString', coordinates: edges[9].shape }, until: Date.now() + 5e6, reason: '落石清理' }, '马丽')

const circles: ResponseCircle[] = [{ ...n('fire_rescue', '消防救援 5-10-20 分钟', 'Fire and rescue, 5-10-20 minutes'), facilities: ['rescue_team'], minutes: [5, 10, 20], profile: 'fire_engine', share: 0.9, source: 'GB 51080-2015 第 4.1 条', verified: false }, { ...n('air_1h', '航空救援 1 小时', 'By air, one hour'), facilities: ['hospital'], minutes: [30, 60], by_air: true, profile: 'medium_helicopter', share: 0.9, source: '应急〔2022〕61号', verified: false }]
const blocks = (reached: (p: XY) => boolean) => { const [w, s, e, nn] = [102.7, 35.52, 103.1, 35.9], out: XY[][][] = [], step = 0.006; for (let y = s; y < nn; y += step) { let from = -1; for (let x = w; x <= e + step; x += step) { const on = x <= e && reached([x, y]); if (on && from < 0) from = x; if (!on && from >= 0) { out.push([[[from, y], [x, y], [x, y + step], [from, y + step], [from, y]]]); from = -1 } } } return { type: 'MultiPolygon' as const, coordinates: out } }
function coverage(q: CoverageAsked): Coverage {
  const circle = circles.find((x) => x.id === q.circle) ?? circles[0]
  const measure = (asked: CoverageAsked) => {
    const list = records.filter((r) => circle.facilities.includes(r.type) && !asked.removed?.includes(r.id)).map((r) => { const m = asked.moved?.find((x) => x.record === r.id); return { r, at: m ? [m.lon, m.lat] as XY : at(r) } })
    const { minutes } = reach([...list.map((x) => x.at), ...(asked.added ?? []).map((a): XY => [a.lon, a.lat])])
    return { list, of: (i: number) => minutes[towns.length + i] }
  }
  const now = measure(q), last = circle.minutes.at(-1)!
  const total = [...people.values()].reduce((a, b) => a + b, 0)
  const inRing = (m: number) => villages.map((v, i) => ({ v, i })).filter((x) => now.of(x.i) <= m)
  const sum = (l: { v: (typeof villages)[0] }[]) => l.reduce((s, x) => s + people.get(x.v.code)!, 0)
  const gaps = villages.map((v, i) => ({ v, m: now.of(i) })).filter((x) => x.m > last).map((x) => ({ place: x.v.code, name: x.v.name, people: people.get(x.v.code)!, minutes: x.m === Infinity ? null : x.m, lon: x.v.lon!, lat: x.v.lat! })).sort((a, b) => b.people - a.people)
  const share = sum(inRing(last)) / total
  const before = q.moved || q.added || q.removed ? measure({ circle: q.circle }) : null
  const change = (more: boolean) => villages.filter((_, i) => before && (more ? now.of(i) <= last && before.of(i) > last : now.of(i) > last && before.of(i) <= last))
  const count = (l: typeof villages) => l.reduce((s, v) => s + people.get(v.code)!, 0)
  return { ms: 38, estimated: !!circle.by_air, facilities: now.list.length, villages: villages.length, people: total,
    rings: circle.minutes.map((m) => { const l = inRing(m); const near = l.map((x) => ({ p: at(x.v), r: Math.min(2.2, ((m - now.of(x.i)) / 60) * 25 + 0.6) })); return { minutes: m, people: sum(l), villages: l.length, people_share: sum(l) / total, villages_share: l.length / villages.length, shape: q.polygons ? blocks((p) => near.some((x) => km(p, x.p) < x.r)) : null } }),
    standard: { share: circle.share, of: 'people', met: share >= circle.share, people_short: Math.max(0, Math.ceil(total * circle.share - sum(inRing(last)))) },
    counties: towns.map((t) => { const own = villages.map((v, i) => ({ v, i })).filter((x) => x.v.code.startsWith(t.code)); const p = sum(own), k = sum(own.filter((x) => now.of(x.i) <= last)); return { place: t.code, name: t.name, villages: own.length, covered_villages: own.filter((x) => now.of(x.i) <= last).length, people: p, covered: k, share: p ? k / p : 1, met: p ? k / p >= circle.share : true } }),
    gaps, gaps_total: gaps.length, stations: now.list.map(({ r, at: a }, k): Station => ({ record: r.id, name: r.name, people: 4000 + ((k * 733) % 5000), villages: 12, alone_people: (k * 911) % 2600, alone_villages: k % 4, lon: a[0], lat: a[1] })).sort((a, b) => b.alone_people! - a.alone_people!),
    ...(before ? { compared: { villages_more_total: change(true).length, villages_less_total: change(false).length, people_more: count(change(true)), people_less: count(change(false)), villages_more: change(true).map((v) => ({ place: v.code, name: v.name, people: people.get(v.code)! })), villages_less: change(false).map((v) => ({ place: v.code, name: v.name, people: people.get(v.code)! })) } } : {}) }
}
const missions: Mission[] = [{ id: 1, team: teams[2].id, name: teams[2].name, to: '大河家镇', lon: towns[0].lon!, lat: towns[0].lat!, task: '转移河边 40 户', profile: 'fire_engine', leaves: Date.now() - 9e5, due: Date.now() + 6e5, eta: Date.now() + 7e5, late_minutes: 1.6, at: { lon: teams[2].lon! - 0.02, lat: teams[2].lat! + 0.02, at: Date.now() - 30_000 }, step: 'on_the_way', ordered_by: '马丽', may: ['arrived', 'recalled'] }]
const order = (m: { team: number; to: At & { name: string }; task: string; profile: string }, by: string) => { missions.unshift({ id: missions.length + 1, team: m.team, name: records[m.team - 1].name, to: m.to.name, lon: m.to.lon, lat: m.to.lat, task: m.task, profile: m.profile, leaves: Date.now(), due: Date.now() + 15e5, eta: Date.now() + 15e5, at: null, step: 'on_the_way', ordered_by: by, may: ['arrived', 'recalled'] }); return { mission: missions[0] } }
function findTeams(q: TeamsAsked) {
  const to = spot(q.at)
  const list = teams.map((r) => ({ r, way: route(at(r), to) })).sort((a, b) => (a.way?.minutes ?? 1e9) - (b.way?.minutes ?? 1e9))
  const want = q.needs.reduce((s, x) => s + (x.teams ?? 1), 0)
  const able = list.filter((x) => x.way)
  return { estimated: false, chosen: able.slice(0, want).map(({ r, way }) => ({ record: r.id, name: r.name, capability: String(r.fields.speciality), people: Number(r.fields.people), boats: 1, leaves_in_minutes: 5, arrive_minutes: way!.minutes + 5, due: Date.now() + (way!.minutes + 5) * 6e4, km: way!.km, reason: { zh: '专长相符，最先到达', en: 'fits and is there first' }, lon: r.lon!, lat: r.lat!, shape: way!.shape })),
    refused: able.slice(want, want + 4).map(({ r, way }, i) => ({ record: r.id, name: r.name, arrive_minutes: way!.minutes, reason: i ? { zh: '别的队伍更早到', en: 'others are there earlier' } : { zh: '本乡最后一支队伍，留底', en: 'the last team of its town stays' }, code: '' })),
    unmet: want > able.length ? [{ capability: 'general', teams: want - able.length }] : [], refused_total: 4, met_minutes: able.length ? able[Math.min(want, able.length) - 1].way!.minutes + 5 : null, exact: true, ms: 6 }
}
const jobs: { asked: ReliefAsked; at: number; stopped?: boolean }[] = []
const plans: { id: number; name: string; trips: number; unmet_percent: number; accepted_by: string; may: 'withdraw'[]; accepted_at: number; withdrawn_at: number | null; plan: Plan }[] = []
function planOf(q: ReliefAsked, spent: number): Plan {
  const trips = q.demands.flatMap((d, k) => { const to = d.place ? at(places.get(d.place)!) : [d.lon!, d.lat!] as XY; return [0, 1].map((i) => { const w = stores[(k + i) % stores.length]; const m = km(at(w), to) * 1.9; return { trip: 1, vehicle: { record: 900 + k, name: `${w.place_name}车队`, number: i + 1 }, kind: 'medium_truck', warehouse: { record: w.id, name: w.name }, demand: { name: d.name, place: d.place, lon: to[0], lat: to[1] }, load: d.goods.map((g) => ({ good: g.good, amount: Math.floor(g.amount * 0.45) })), kg: 3600, m3: 18, leave: Date.now() + i * 3e5, arrive: Date.now() + i * 3e5 + m * 6e4, minutes: m, km: m * 0.6 } }) })
  return { value_minutes: 42, bound_minutes: 41.2, proven: false, without_position: 0, gap_percent: Math.max(1.8, 14 - spent * 3), unmet_percent: 10, estimated: false, trips, demands: q.demands.map((d) => ({ name: d.name, served_by: [], goods: d.goods.map((g) => ({ good: g.good, wanted: g.amount, given: Math.floor(g.amount * 0.9), unmet: g.amount - Math.floor(g.amount * 0.9), why: { zh: '各库库存不足', en: 'the stores hold too little' } })) })), warehouses: stores.map((w) => ({ record: w.id, name: w.name, taken: q.demands[0].goods.map((g) => ({ good: g.good, amount: Math.floor(g.amount / 3), left: 200 })) })) }
}
function airChains(q: AirAsked) {
  const base = landings[0]
  return { estimated: true, bases: 1, landings: landings.length, items: q.at.map((a) => {
    const to = spot(a), pad = landings.slice(1).reduce((b, x) => (km(at(x), to) < km(at(b), to) ? x : b))
    const where = { name: a.name ?? '地图上的位置', lon: to[0], lat: to[1] }
    if ((q.weather?.wind_ms ?? 0) > 17) return { ...where, minutes: null, legs: [], why: { code: 'wind', zh: `${pad.name}：风速 ${q.weather!.wind_ms} m/s，超过 17 m/s`, en: `${pad.name}: wind ${q.weather!.wind_ms} m/s, 17 m/s at most` } }
    const fly = km(at(base), at(pad)), drive = km(at(pad), to)
    const legs = [{ kind: 'air', from: base.name, to: pad.name, minutes: 4 + fly / 4.5, km: fly }, { kind: 'road', from: pad.name, to: where.name, minutes: drive * 2, km: drive }]
    return { ...where, minutes: 20 + legs[0].minutes + legs[1].minutes, legs }
  }) }
}
const notices: object[] = []
const periods = [{ ...n('night', '夜间', 'Night'), from_minute: 1320, to_minute: 360 }, { ...n('rush', '高峰', 'Rush hour'), from_minute: 420, to_minute: 570 }]
const facts = () => ({ loaded: true, name: '积石山县（生成）', nodes: nodes.length, arcs: edges.length * 2, roads: edges.length, length_km: edges.reduce((s, e) => s + e.km, 0), imported_at: Date.now() - 864e5, bounds: [102.7, 35.52, 103.1, 35.9], states_in_force: inForce().length,
  profiles: [{ ...n('fire_engine', '消防救援车', 'Fire engine'), periods: periods }, { ...n('car', '指挥车、小汽车', 'Car'), periods: periods }, { ...n('foot', '步行', 'On foot'), on_foot: true, periods: [] }],
  circles, aircraft: [{ ...n('medium_helicopter', '中型直升机', 'Medium helicopter'), cruise_kmh: 280, range_km: 560 }, { ...n('large_helicopter', '大型直升机', 'Large helicopter'), cruise_kmh: 230, range_km: 570 }], goods: [{ ...n('tents', '帐篷', 'Tents'), unit: '顶' }, { ...n('quilts', '棉被', 'Quilts'), unit: '床' }, { ...n('pumps', '排水泵', 'Pumps'), unit: '台' }], vehicle_kinds: [n('medium_truck', '中型货车', 'Medium truck')] })

interface Asked { params: string[]; q: URLSearchParams; body: unknown; me: string }
export const roadRoutes = (names: Record<string, string>, publish: (topic: string, message: object) => void): [string, RegExp, (a: Asked) => unknown][] => {
  const tell = <T>(topic: string, x: T) => { publish(topic, { type: topic, seq: Date.now() }); return x }
  return [
    ['GET', /^\/roads$/, facts],
    ['GET', /^\/roads\/near$/, (a) => { const x = nearest([+a.q.get('lon')!, +a.q.get('lat')!]); return { roads: x.d < 3 ? [{ name: x.edge.name, class: x.edge.class, class_zh: '公路', bridge: true, tunnel: false, length_m: 300, distance_m: x.d * 1000, shape: { type: 'LineString', coordinates: x.edge.shape } }] : [] } }],
    ['GET', /^\/road-states$/, (a) => ({ items: a.q.get('past') ? states.filter((s) => !inForce().includes(s)) : inForce() })],
    ['GET', /^\/road-states\/roads$/, () => ({ type: 'FeatureCollection', features: inForce().flatMap((s) => hits(s.shape).map((e) => ({ type: 'Feature', properties: { state: s.id, kind: s.kind, name: s.name }, geometry: { type: 'LineString', coordinates: e.shape } }))) })],
    ['POST', /^\/road-states$/, (a) => tell('missions', setState(a.body as RoadStateChange, names[a.me]))],
    ['POST', /^\/road-states\/preview$/, (a) => preview((a.body as RoadStateChange).shape)],
    ['POST', /^\/road-states\/(\d+)\/lift$/, (a) => { const s = states.find((x) => x.id === +a.params[0])!; Object.assign(s, { lifted_at: Date.now(), lifted_by: { name: names[a.me] } }); return tell('missions', {}) }],
    ['POST', /^\/routes$/, (a) => { const b = a.body as { from: unknown; to: unknown }; const first = route(spot(b.from), spot(b.to)); if (!first) return { routes: [], why: { zh: '封闭以后没有别的路可走。', en: 'Closures leave no way.' } }; const other = route(spot(b.from), spot(b.to), first.legs[Math.floor(first.legs.length / 2)]?.e); return { routes: other && other.minutes > first.minutes ? [first, other] : [first] } }],
    ['POST', /^\/coverage$/, (a) => coverage(a.body as CoverageAsked)],
    ['POST', /^\/coverage\/bridge$/, () => ({ people_lost: 1840, people_slower: 5210, villages_lost: 2, villages_slower: 6, villages_total: 2, villages: villages.slice(0, 2).map((v) => ({ place: v.code, name: v.name, people: people.get(v.code)!, before_minutes: 12, after_minutes: 31 })) })],
    ['POST', /^\/coverage\/sites$/, (a) => { const q = a.body as CoverageAsked & { count: number }; const now = coverage(q); return { sites: now.gaps.slice(0, q.count).map((g) => ({ place: g.place, name: g.name, lon: g.lon, lat: g.lat, people_more: g.people! * 2, villages_more: 3 })), covered_before: { people: now.rings.at(-1)!.people, villages: 100 }, covered_after: { people: now.rings.at(-1)!.people! + 9000, villages: 120 }, covers_people: now.rings.at(-1)!.people! + 9000, bound_people: now.rings.at(-1)!.people! + 9600, exact: false, ms: 120 } }],
    ['GET', /^\/missions$/, (a) => ({ items: missions.filter((m) => ['done', 'recalled'].includes(m.step) === !!a.q.get('ended')) })],
    ['POST', /^\/missions$/, (a) => tell('missions', order(a.body as never, names[a.me]))],
    ['POST', /^\/missions\/(\d+)\/step$/, (a) => { const m = missions.find((x) => x.id === +a.params[0])!; Object.assign(m, a.body, { may: m.step === 'on_the_way' ? ['done', 'recalled'] : [] }); return tell('missions', { mission: m }) }],
    ['GET', /^\/positions$/, () => ({ items: missions.flatMap((m) => (m.at ? [{ record: m.team, name: m.name, type: 'rescue_team', ...m.at }] : [])) })],
    ['POST', /^\/dispatch\/teams$/, (a) => findTeams(a.body as TeamsAsked)],
    ['POST', /^\/dispatch\/relief$/, (a) => ({ job: jobs.push({ asked: a.body as ReliefAsked, at: Date.now() }) })],
    ['GET', /^\/dispatch\/relief\/(\d+)$/, (a) => { const j = jobs[+a.params[0] - 1], spent = (Date.now() - j.at) / 1000, over = j.stopped || spent >= j.asked.seconds; return { state: over ? 'done' : 'running', seconds_left: Math.max(0, j.asked.seconds - spent), best_minutes: spent > 1 ? 42 : null, bound_minutes: spent > 1 ? 42 - Math.max(1, 6 - spent) : null, ...(over ? { plan: planOf(j.asked, spent) } : {}) } }],
    ['POST', /^\/dispatch\/relief\/(\d+)\/stop$/, (a) => { jobs[+a.params[0] - 1].stopped = true; return {} }],
    ['POST', /^\/dispatch\/relief\/(\d+)\/accept$/, (a) => { const j = jobs[+a.params[0] - 1], plan = planOf(j.asked, 9); plans.unshift({ id: plans.length + 1, name: j.asked.name, trips: plan.trips.length, unmet_percent: plan.unmet_percent, accepted_by: names[a.me], may: ['withdraw'], accepted_at: Date.now(), withdrawn_at: null, plan }); return { plan: plans[0].id } }],
    ['GET', /^\/relief-plans$/, () => ({ items: plans.map(({ plan: _plan, ...row }) => row) })],
    ['GET', /^\/relief-plans\/(\d+)$/, (a) => plans.find((p) => p.id === +a.params[0])],
    ['POST', /^\/relief-plans\/(\d+)\/withdraw$/, (a) => Object.assign(plans.find((p) => p.id === +a.params[0])!, { withdrawn_at: Date.now(), may: [] })],
    ['POST', /^\/hospitals\/nearest$/, (a) => { const q = a.body as { at: unknown; icu_beds?: number }; const { minutes } = reach([spot(q.at)]); return { estimated: false, items: hospitals.map((h, i) => { const k = nodes.reduce((b, x, j) => (km(at(h), x) < km(at(h), nodes[b]) ? j : b), 0); const fits = !q.icu_beds || i === 0; return { record: h.id, name: h.name, kind: h.fields.kind, grade: h.fields.grade, beds: h.fields.beds, icu_beds: i ? 0 : 12, announced: i === 1 ? 3 : 0, minutes: minutes[k] === Infinity ? null : minutes[k], km: minutes[k] * 0.5, keeper: i % 3 === 1 ? null : '马学军', phone: i % 3 === 1 ? null : '139****2231', fits, why: fits ? null : { zh: '重症床位不够', en: 'too few intensive beds' }, lon: h.lon, lat: h.lat } }).sort((x, y) => (x.minutes ?? 1e9) - (y.minutes ?? 1e9)) } }],
    ['POST', /^\/hospitals\/(\d+)\/notify$/, (a) => { const h = records[+a.params[0] - 1]; notices.unshift({ hospital: h.id, name: h.name, ...(a.body as object), told: '马学军', channel: 'sms', sent_at: Date.now(), sent_by: names[a.me] }); return { hospital: h.name, told: '马学军' } }],
    ['POST', /^\/air\/chains$/, (a) => airChains(a.body as AirAsked)],
    ['GET', /^\/hospitals\/notices$/, () => ({ items: notices })],
  ]
}
