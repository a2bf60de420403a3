/** Development only: invented earthquakes in the county, what follows from them, and buildings to shake. */
import { GeoJSONVT } from '@maplibre/geojson-vt'
import { fromGeojsonVt } from '@maplibre/vt-pbf'
import type { Countdown, Level } from '../src/shared/types'
import type { Arrival, Contour, Linkage, Loss, Losses, Quake, QuakeChange, QuakeDetail, QuakeMap, Range, Report, Station, Survey, TownLoss, Version } from '../src/desk/earthquakes/types'
import type { BuildingFacts, History, Scenario, ScenarioChange } from '../src/desk/scenario/types'
import { below, home, places, random } from './world'

type At = { lon: number; lat: number }
type Hypo = At & { magnitude: number; depth_km: number; strike?: number | null }
const kDay = 864e5
const towns = (below.get(home) ?? []).map((c) => places.get(c)!)
const people = new Map(towns.map((t) => [t.code, 6000 + Math.floor(random() * 24000)]))
const said = (zh: string, en: string) => ({ zh, en })
const km = (a: At, b: At) => Math.hypot((a.lon - b.lon) * 90.4, (a.lat - b.lat) * 111)
/** Distance as along the long axis would feel it. */
function intensityAt(q: Hypo, p: At): number {
  const s = ((q.strike ?? 320) * Math.PI) / 180
  const x = (p.lon - q.lon) * 90.4, y = (p.lat - q.lat) * 111
  const along = x * Math.sin(s) + y * Math.cos(s), across = x * Math.cos(s) - y * Math.sin(s)
  const r = Math.hypot(along, across * 1.35)
  return Math.max(1, Math.min(11, 5.253 + 1.398 * q.magnitude - 4.164 * Math.log10(r + 26 + Math.max(0, q.depth_km - 10) * 0.5)))
}
function contours(q: Hypo, wobble = 0.05): Contour[] {
  const s = ((q.strike ?? 320) * Math.PI) / 180
  return [6, 7, 8, 9, 10].flatMap((degree) => {
    const reach = 10 ** ((5.253 + 1.398 * q.magnitude - degree) / 4.164) - 26 - Math.max(0, q.depth_km - 10) * 0.5
    if (reach <= 0.5) return []
    const ring = Array.from({ length: 73 }, (_, i) => {
      const a = ((i % 72) / 36) * Math.PI, w = 1 + wobble * Math.sin(3 * a + degree) + wobble * 0.6 * Math.sin(7 * a)
      const along = reach * Math.cos(a) * w, across = (reach / 1.35) * Math.sin(a) * w
      return [q.lon + (along * Math.sin(s) + across * Math.cos(s)) / 90.4, q.lat + (along * Math.cos(s) - across * Math.sin(s)) / 111]
    })
    return [{ intensity: degree, shape: { type: 'MultiPolygon' as const, coordinates: [[ring]] }, area_km2: Math.PI * reach * (reach / 1.35) }]
  })
}
const spread = (middle: number, sigma = 0.75): Range => ({ p10: middle * Math.exp(-1.28 * sigma), p50: middle, p90: middle * Math.exp(1.28 * sigma), mean: middle * Math.exp((sigma * sigma) / 2) })
const add = (list: Range[]): Range => ({ p10: list.reduce((n, r) => n + r.p10, 0), p50: list.reduce((n, r) => n + r.p50, 0), p90: list.reduce((n, r) => n + r.p90, 0), mean: list.reduce((n, r) => n + r.mean, 0) })
const shares = (i: number) => { const x = [5.8, 6.6, 7.6, 8.6].map((m) => 1 / (1 + Math.exp(-(i - m) * 2.1))); return [1 - x[0], x[0] - x[1], x[1] - x[2], x[2] - x[3], x[3]] }
function lossOf(n: number, intensity: number): Loss {
  const rate = intensity < 5.5 ? 0 : 10 ** (0.93 * intensity - 11.05)
  const homes = Math.round(n / 3.4), g = shares(intensity)
  return { people: n, people_by_degree: { [String(Math.max(6, Math.floor(intensity)))]: intensity >= 6 ? n : 0 }, intensity_max: Math.round(intensity * 10) / 10, buildings: homes, grades: g.map((x) => spread(x * homes, 0.3)), dead: spread(n * rate, 0.9), injured: spread(n * rate * 7), buried: spread(n * rate * 2.2, 0.9), homeless: spread(n * (g[3] + g[4] + g[2] * 0.3), 0.35), loss_yuan: spread(homes * 60_000 * (g[1] * 0.1 + g[2] * 0.3 + g[3] * 0.7 + g[4]), 0.5),
    needs: { tents: spread((n * (g[3] + g[4] + g[2] * 0.3)) / 4, 0.35), medics: spread(n * rate * 1.5), excavators: spread(n * rate * 0.3), water_t: spread(n * (g[3] + g[4]) * 0.015, 0.35) } }
}
const needs = [{ id: 'tents', zh: '帐篷', en: 'Tents', unit: '顶', source: '按需安置人口 4 人一顶', verified: false }, { id: 'medics', zh: '医护人员', en: 'Medics', unit: '人', source: '设计值', verified: false }, { id: 'excavators', zh: '挖掘机', en: 'Excavators', unit: '台', source: '设计值', verified: false }, { id: 'water_t', zh: '每日饮水', en: 'Water a day', unit: 't', source: 'GB 21734', verified: true }]
function lossesOf(q: Hypo & { id: number; drill?: boolean }, number: number, made_at: number): Losses {
  const list: TownLoss[] = towns.map((t) => ({ ...lossOf(people.get(t.code)!, intensityAt(q, t as At)), place: t.code, name: t.name, lon: t.lon!, lat: t.lat!, county: '积石山县', priority: 0, reported: null })).filter((t) => t.intensity_max >= 5)
  list.sort((a, b) => b.dead.mean + b.buried.mean + b.intensity_max - (a.dead.mean + a.buried.mean + a.intensity_max))
  list.forEach((t, i) => { t.priority = i + 1; if (i === 1 && q.id === 1) t.reported = { collapsed: 214, severe: 530, dead: 6, injured: 31 } })
  const by: Record<string, number> = {}
  for (const t of list) for (const [d, n] of Object.entries(t.people_by_degree)) by[d] = (by[d] ?? 0) + n
  const total: Loss = { people: list.reduce((n, t) => n + t.people, 0), people_by_degree: by, intensity_max: Math.max(0, ...list.map((t) => t.intensity_max)), buildings: list.reduce((n, t) => n + t.buildings, 0), grades: [0, 1, 2, 3, 4].map((g) => add(list.map((t) => t.grades[g]))), dead: add(list.map((t) => t.dead)), injured: add(list.map((t) => t.injured)), buried: add(list.map((t) => t.buried)), homeless: add(list.map((t) => t.homeless)), loss_yuan: add(list.map((t) => t.loss_yuan)), needs: Object.fromEntries(needs.map((n) => [n.id, add(list.map((t) => t.needs[n.id]))])) }
  const d = total.dead
  const models = [{ id: 'empirical', zh: '经验模型（PAGER 中国）', en: 'Empirical (PAGER China)', dead: spread(d.p50 * 1.4, 1), weight: 0.4 }, { id: 'semi', zh: '半经验模型（按房屋倒塌）', en: 'Semi-empirical (collapse)', dead: spread(d.p50 * 0.8, 0.8), weight: 0.4 }, { id: 'ma_xie', zh: '马玉宏、谢礼立 2000', en: 'Ma and Xie 2000', dead: spread(d.p50 * 0.6, 0.9), weight: 0.2 }]
  const p = (x: number) => { const z = (Math.log(Math.max(0.5, x)) - Math.log(Math.max(0.05, d.p50))) / 0.85; return 1 / (1 + Math.exp(-1.7 * z)) }
  const ends = [0, 1, 10, 100, 1000]
  return { number, made_at, draws: 1000, basis: said('第 3 版震源，5 个台站、2 个调查点', 'version 3, 5 stations, 2 surveys'), generated: true, total, townships: list, models, dead_bins: ends.map((from, i) => ({ from, to: ends[i + 1] === undefined ? null : ends[i + 1] - 1, probability: (i === ends.length - 1 ? 1 : p(ends[i + 1])) - (i ? p(from) : 0) })), needs }
}

interface Held { quake: Quake; versions: Version[]; surveys: Survey[]; stations: Station[]; linkages: Linkage[]; begun: number; warning: number | null; cancelled?: boolean }
const all: Held[] = []
let surveyId = 0, linkageId = 0
const version = (n: number, q: Hypo, at: number, source: Quake['source'], extra: Partial<Version> = {}): Version => ({ version: n, made_at: at, source, source_name: '', magnitude: q.magnitude, magnitude_sigma: 0.2, lon: q.lon, lat: q.lat, depth_km: q.depth_km, stations: 0, final: false, ...extra })
function make(change: QuakeChange, source: Quake['source'], at: number, drill = false): Held {
  const q: Quake = { id: all.length + 1, at, lon: change.lon, lat: change.lat, magnitude: change.magnitude, magnitude_sigma: change.magnitude_sigma ?? 0.2, depth_km: change.depth_km ?? 10, name: change.name ?? '甘肃积石山附近', source, source_name: '', version: 1, stations: 0, final: false, drill, withdrawn: null, strike: change.strike ?? null, mechanism: change.mechanism ?? 'unknown', reported_at: at + 8000, intensity_max: null, dead: null, response_level: 0 }
  const held: Held = { quake: q, versions: [version(1, q, at + 8000, source)], surveys: [], stations: [], linkages: [], begun: Date.now(), warning: 1 }
  all.push(held)
  return held
}
function linkagesFor(h: Held, state: Linkage['state']) {
  h.linkages = [['tunnel', '临夏—大河家高速 隧道口', '亮红灯、放栏杆', 7.6], ['gas', '吹麻滩天然气门站', '关闭总阀', 7.2], ['school', '大河家中学', '广播疏散', 7.9], ['reservoir', '黄河大河家水电站', '停机检查', 7.4]].map(([rule, name, act, i], k) => {
    const s = h.quake.at + 6000 + k * 2000
    return { id: ++linkageId, rule: String(rule), zh: '地震联动', en: 'Earthquake linkage', record: k + 1, name: String(name), action: said(String(act), 'Close and stop'), intensity: Number(i), s_arrives: s, due: s + 60_000, state: k === 0 ? state : k === 3 && state === 'done' ? 'silent' : state, answered_at: state === 'done' && k < 3 ? s + 9000 * (k + 1) : null, by: state === 'done' && k < 3 ? '设备回执' : null, drill: h.quake.drill }
  })
}
const main = make({ lon: 102.79, lat: 35.7, magnitude: 6.2, depth_km: 10, name: '甘肃积石山', strike: 320, mechanism: 'reverse' }, 'catalogue', Date.now() - 5.3 * 36e5)
main.begun = 0
main.quake.source_name = '中国地震台网'; main.quake.version = 3; main.quake.stations = 24; main.quake.final = true
main.versions = [version(1, { ...main.quake, magnitude: 5.8, lon: 102.83, lat: 35.73, depth_km: 15 }, main.quake.at + 6400, 'early_warning', { stations: 3, magnitude_sigma: 0.4, source_name: '甘肃预警台网' }), version(2, { ...main.quake, magnitude: 6.1, lon: 102.81, lat: 35.71 }, main.quake.at + 14_200, 'early_warning', { stations: 9, magnitude_sigma: 0.3, source_name: '甘肃预警台网' }), version(3, main.quake, main.quake.at + 420_000, 'catalogue', { stations: 24, final: true, source_name: '中国地震台网' })]
main.stations = [[102.86, 35.72, '吹麻滩台'], [102.77, 35.85, '大河家台'], [103.0, 35.66, '银川台'], [103.2, 35.6, '临夏台'], [102.93, 35.57, '癿藏台']].map(([lon, lat, name]) => { const i = intensityAt(main.quake, { lon: Number(lon), lat: Number(lat) }) + (random() - 0.5) * 0.6; return { name: String(name), lon: Number(lon), lat: Number(lat), pga: 10 ** ((i - 6.59) / 3.17), pgv: 10 ** ((i - 9.77) / 3), intensity: Math.round(i * 10) / 10 } })
main.surveys = [{ id: ++surveyId, at: Date.now() - 3e6, by: '马忠孝', lon: 102.78, lat: 35.836, place: towns[0].code, place_name: '大河家镇 大墩村', intensity: 8, houses_collapsed: 38, houses_severe: 90, dead: 2, injured: 11, note: '沟口一排土坯房全倒', withdrawn: null }, { id: ++surveyId, at: Date.now() - 2e6, by: '祁成林', lon: 102.81, lat: 35.78, place: towns[1].code, place_name: '刘集乡 团结村', intensity: 7, houses_collapsed: 4, houses_severe: 22, dead: 0, injured: 3, note: '', withdrawn: null }]
linkagesFor(main, 'done')
const aftershock = make({ lon: 102.84, lat: 35.75, magnitude: 4.1, name: '甘肃积石山（余震）' }, 'catalogue', Date.now() - 3.1 * 36e5); aftershock.begun = 0; aftershock.warning = null
const false_one = make({ lon: 103.3, lat: 35.95, magnitude: 5.0, name: '甘肃永靖' }, 'early_warning', Date.now() - 9 * kDay); false_one.begun = 0; false_one.quake.withdrawn = { at: Date.now() - 9 * kDay + 40_000, by: '马丽', reason: '台站受爆破干扰，误触发' }
const rehearsed = make({ lon: 102.9, lat: 35.6, magnitude: 6.8, name: '甘肃积石山', strike: 300 }, 'drill', Date.now() - 3 * kDay, true); rehearsed.begun = 0

const kFirst_ms = 2500
const estimated = (h: Held) => !h.quake.withdrawn && Date.now() - h.begun > kFirst_ms
function shown(h: Held): Quake {
  if (!estimated(h)) return { ...h.quake }
  const l = lossesOf(h.quake, 1, h.quake.at)
  const p = l.total.dead.p50
  return { ...h.quake, intensity_max: l.total.intensity_max, dead: l.total.dead, response_level: p > 300 ? 1 : p > 50 ? 2 : p > 10 ? 3 : p > 0.5 ? 4 : 0 }
}
const kP = 6, kS = 3.5
function arrivals(h: Held): Arrival[] {
  const q = h.quake
  const level = (i: number): Level => (i >= 6.5 ? 'red' : i >= 5.5 ? 'orange' : i >= 4.5 ? 'yellow' : 'blue')
  return towns.map((t): Arrival => { const d = Math.hypot(km(q, t as At), q.depth_km), i = intensityAt(q, t as At); return { place: t.code, name: t.name, lon: t.lon!, lat: t.lat!, intensity: Math.round(i * 10) / 10, colour: level(i), s_arrives: q.at + (d / kS) * 1000, p_arrives: q.at + (d / kP) * 1000, people: people.get(t.code)! } }).filter((a) => a.intensity >= 3).sort((a, b) => b.intensity - a.intensity)
}
const countdown = (h: Held): Countdown => ({ earthquake: h.quake.id, number: h.quake.version, made: Date.now(), origin: h.quake.at, lon: h.quake.lon, lat: h.quake.lat, depth_km: h.quake.depth_km, magnitude: h.quake.magnitude, magnitude_sigma: 0.3, stations: 5, final: false, cancelled: !!h.quake.withdrawn, drill: h.quake.drill, blind_km: 12, picks: [] })
function report(h: Held): Report {
  const l = lossesOf(h.quake, 1, h.quake.at), r = (x: Range) => `${Math.floor(x.p10)}–${Math.ceil(x.p90)}`
  return { title: `${h.quake.name} ${h.quake.magnitude.toFixed(1)} 级地震灾情快速评估报告`, made_at: Date.now() - 60_000, paragraphs: [{ heading: '一、地震基本情况', text: `据${h.quake.source_name || '值班员录入'}，震中位于北纬 ${h.quake.lat.toFixed(2)} 度、东经 ${h.quake.lon.toFixed(2)} 度，震源深度 ${h.quake.depth_km} 公里，震级 ${h.quake.magnitude.toFixed(1)} 级。推算最大烈度 ${l.total.intensity_max} 度。` }, { heading: '二、损失估计', text: `估计死亡 ${r(l.total.dead)} 人，受伤 ${r(l.total.injured)} 人，需紧急安置 ${r(l.total.homeless)} 人。以上为 10% 至 90% 的区间。人口与建筑为演示生成数据。` }, { heading: '三、建议', text: '一、启动相应级别地震应急响应，先期力量赶往压埋估计最多的乡镇。\n二、对水库、尾矿库、危化企业和滑坡隐患点逐一排查。\n三、向需安置人口最多的乡镇调运帐篷、饮水。' }],
    tables: [{ title: '优先救援乡镇', columns: ['乡镇', '烈度', '人口', '死亡', '压埋', '毁坏房屋'], rows: l.townships.slice(0, 10).map((t) => [t.name, t.intensity_max, t.people, r(t.dead), r(t.buried), r(t.grades[4])]) }, { title: '物资和力量需求', columns: ['项目', '数量', '单位'], rows: needs.map((n) => [n.zh, r(l.total.needs[n.id]), n.unit]) }] }
}
const mapOf = (q: Hypo, h?: Held): QuakeMap => ({ grid_km: 1, contours: contours(q), ellipses: contours(q, 0), epicentre: { lon: q.lon, lat: q.lat }, fault: q.magnitude >= 6 ? { type: 'LineString', coordinates: [[q.lon - 0.09 * Math.sin(0.7), q.lat + 0.07 * Math.cos(0.7)], [q.lon + 0.09 * Math.sin(0.7), q.lat - 0.07 * Math.cos(0.7)]] } : null, stations: h?.stations ?? [], surveys: h?.surveys.filter((s) => !s.withdrawn) ?? [], max: 8, relations: said('Yu 2013 青藏区', 'Yu 2013, Tibetan region'), bias: h?.stations.length ? { pga: 0.12, pgv: 0.08, intensity: -0.21 } : null })

/* Buildings: villages and towns as heaps of houses. */
const types = [{ id: 'adobe', zh: '土木（土坯、夯土、土石）', en: 'Adobe and earth', source: '设计值', verified: false }, { id: 'brick_wood', zh: '砖木', en: 'Brick and timber', source: '设计值', verified: false }, { id: 'masonry', zh: '砖混', en: 'Brick masonry', source: '设计值', verified: false }, { id: 'frame', zh: '钢筋混凝土框架', en: 'RC frame', source: '设计值', verified: false }]
const weakness = [1.1, 0.55, 0, -0.9]
interface House extends At { type: number; storeys: number; people: number; place: string }
const houses: House[] = []
for (const t of towns) {
  const heap = (at: At, count: number, size: number, tall: boolean) => { for (let i = 0; i < count; i++) { const a = random() * 6.283, r = Math.sqrt(random()) * size; const type = tall ? Math.floor(random() * random() * 4 + 1) % 4 : Math.floor(random() * 2.4); houses.push({ lon: at.lon + (r * Math.cos(a)) / 90.4, lat: at.lat + (r * Math.sin(a)) / 111, type, storeys: type === 3 ? 4 + Math.floor(random() * 14) : type === 2 ? 2 + Math.floor(random() * 4) : 1, people: 2 + Math.floor(random() * (type === 3 ? 90 : 5)), place: t.name }) } }
  heap(t as At, 420, 0.9, true)
  for (const v of below.get(t.code) ?? []) heap(places.get(v) as At, 60, 0.35, false)
}
const noise = (i: number) => { const x = Math.sin(i * 12.9898) * 43758.5453; return x - Math.floor(x) }
const gradeOf = (q: Hypo | null, i: number) => (q ? Math.max(0, Math.min(4, Math.round((intensityAt(q, houses[i]) - 6.4 + weakness[houses[i].type]) * 1.25 + (noise(i) - 0.5) * 2.2))) : 0)
type Index = { getTile(z: number, x: number, y: number): unknown }
const index = (features: unknown[]): Index => new (GeoJSONVT as never as new (data: unknown, options: unknown) => Index)({ type: 'FeatureCollection', features }, { maxZoom: 14, indexMaxZoom: 6, tolerance: 3 })
const built = new Map<string, { cells: Index; buildings: Index }>()
function tilesOf(layer: string) {
  const q = layer[0] === 's' ? scenarios[+layer.slice(1) - 1]?.asked : layer[0] === 'e' ? all[+layer.slice(1) - 1]?.quake : null
  if (!built.has(layer)) {
    const cells = new Map<string, { n: number; sum: number; bad: number; people: number; at: [number, number] }>()
    const point = (at: [number, number], properties: object) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: at }, properties })
    const buildings = houses.map((h, i) => {
      const grade = gradeOf((q as Hypo) ?? null, i), x = Math.floor(h.lon / 0.006), y = Math.floor(h.lat / 0.005)
      const c = cells.get(`${x},${y}`) ?? { n: 0, sum: 0, bad: 0, people: 0, at: [(x + 0.5) * 0.006, (y + 0.5) * 0.005] }
      cells.set(`${x},${y}`, c); c.n++; c.sum += grade; c.bad += grade >= 3 ? 1 : 0; c.people += h.people
      return point([h.lon, h.lat], { i, grade, type: types[h.type].id, storeys: h.storeys, people: h.people })
    })
    built.set(layer, { cells: index([...cells.values()].map((c) => point(c.at, { n: c.n, grade: c.sum / c.n, bad: c.bad / c.n, people: c.people }))), buildings: index(buildings) })
  }
  return built.get(layer)!
}
export function buildingTile(layer: string, z: number, x: number, y: number): Uint8Array {
  const { cells, buildings } = tilesOf(layer)
  const name = z < 13 ? 'cells' : 'buildings'
  const got = (z < 13 ? cells : buildings).getTile(z, x, y)
  return fromGeojsonVt((got ? { [name]: got } : {}) as never)
}
function facts(row: number, layer: string): BuildingFacts {
  const h = houses[row], q = layer[0] === 's' ? scenarios[+layer.slice(1) - 1]?.asked : all[+layer.slice(1) - 1]?.quake
  const i = q ? intensityAt(q as Hypo, h) + weakness[h.type] * 0.3 : 0, grade = gradeOf((q as Hypo) ?? null, row)
  return { row, id: `JS-${String(row).padStart(6, '0')}`, type: types[h.type], code: h.type === 3 ? 'moderate' : 'pre', storeys: h.storeys, floor_area_m2: 80 + 140 * h.type, year: 1985 + (row % 35), people: h.people, use: 'residential', place_name: h.place, lon: h.lon, lat: h.lat, generated: true, intensity: Math.round(i * 10) / 10, pga: 10 ** ((i - 6.59) / 3.17), grade, shares: shares(i + weakness[h.type]),
    response: layer[0] === 's' && scenarios[+layer.slice(1) - 1]?.asked.response ? { grade, drift: 0.002 * 2.2 ** grade, residual_drift: grade > 2 ? 0.004 : 0.0002, acceleration: 3.2, worst_storey: 1, collapsed: false } : null }
}
function history(row: number): History {
  const n = houses[row].storeys, dt = 0.02, steps = 1500, h = 3
  const ground = Array.from({ length: steps }, (_, i) => { const t = i * dt; return 2.6 * Math.min(1, t / 2) * Math.exp(-Math.max(0, t - 8) / 6) * (Math.sin(9.1 * t + 2 * Math.sin(t)) * 0.6 + Math.sin(23 * t + 1.3 * Math.sin(2.3 * t)) * 0.4 + (noise(i) - 0.5) * 0.5) })
  const k = (2 * Math.PI / (0.09 * n)) ** 2 / (4 * Math.sin(Math.PI / (4 * n + 2)) ** 2), c = 0.004 * k / Math.sqrt(k)
  let u: number[] = Array(n).fill(0), v: number[] = Array(n).fill(0)
  const displacement: number[][] = [], drift: number[][] = []
  let input = 0, damped = 0
  for (let i = 0; i < steps; i++) {
    for (let s = 0; s < 20; s++) {
      const d = (x: number[], j: number) => (j < 0 || j >= n ? 0 : x[j] - (j ? x[j - 1] : 0))
      const a = u.map((_, j) => -ground[i] - k * ((j === 0 ? 0.55 : 1) * d(u, j) - d(u, j + 1) * (j + 1 < n ? 1 : 0)) - c * 8 * (d(v, j) - d(v, j + 1)) - 0.4 * v[j])
      v = v.map((x, j) => x + a[j] * (dt / 20)); u = u.map((x, j) => x + v[j] * (dt / 20))
      input += Math.abs(ground[i] * v.reduce((m, x) => m + x, 0)) * 9; damped += v.reduce((m, x) => m + x * x, 0) * 9
    }
    displacement.push([...u]); drift.push(u.map((x, j) => (x - (j ? u[j - 1] : 0)) / h))
  }
  return { dt, storeys: n, storey_height_m: h, drift, displacement, ground, peaks: { drift: Math.max(...drift.flat().map(Math.abs)), residual_drift: 0.0003, acceleration: 5.2, worst_storey: 1, grade: 2, collapsed: false }, energy: { in: input, kinetic: input * 0.002, damped: Math.min(damped, input * 0.62), hysteretic: input * 0.34, elastic: input * 0.01 }, motion: { name: 'El Centro 1940 NS', scale: 1.24 }, limits: [0.0024, 0.0048, 0.012, 0.028] }
}
const scenarios: { asked: ScenarioChange; begun: number; stopped?: number }[] = []
const kRun_ms = 7000
function scenario(id: number): Scenario {
  const s = scenarios[id - 1], a = s.asked, progress = Math.min(1, ((s.stopped ?? Date.now()) - s.begun) / kRun_ms), done = progress >= 1
  const count = (q: Hypo, shift = 0) => houses.reduce((g, _, i) => { g[Math.max(0, gradeOf(q, i) - (shift && noise(i * 7) < shift ? 1 : 0))]++; return g }, [0, 0, 0, 0, 0])
  const retro = a.retrofit?.length ? 0.5 : 0
  const losses = done ? lossesOf({ ...(a as Hypo), id: 0 }, 1, s.begun) : null
  const base: Scenario = { id, name: a.name, state: s.stopped ? 'failed' : done ? 'done' : 'running', progress, made_at: s.begun, lon: a.lon, lat: a.lat, magnitude: a.magnitude, depth_km: a.depth_km, strike: a.strike, mechanism: a.mechanism, response: a.response, retrofit: a.retrofit, compare: a.compare, phase: s.stopped ? said('已停止', 'stopped') : progress < 0.2 ? said('正在算地震动场', 'ground motion') : progress < 0.45 ? said('按易损性逐栋估计', 'fragility') : progress < 0.9 ? said('逐栋时程分析', 'time histories') : said('伤亡与需求', 'casualties'), fault: s.stopped ? said('由值班员停止。', 'Stopped by the duty officer.') : null, map: done ? mapOf(a as Hypo) : null, losses, buildings: done ? { count: houses.length, grades: count(a as Hypo, retro), response_grades: a.response ? count({ ...(a as Hypo), magnitude: a.magnitude - 0.1 }, retro) : null, buildings_per_s: 118_000, instructions: 'avx2', drift_p90: 0.0083 } : null, compared: null }
  const other = done && a.compare ? scenarios[a.compare - 1] : null
  if (other) { const o = scenario(a.compare!), f = a.retrofit?.length ? 0.55 : 1; if (retro && losses) { losses.total.dead = spread(losses.total.dead.p50 * f, 0.9) } base.compared = { dead: o.losses!.total.dead, grades: o.buildings!.grades, saved_dead: o.losses!.total.dead.mean - losses!.total.dead.mean, saved_yuan: o.losses!.total.loss_yuan.mean - losses!.total.loss_yuan.mean * f } }
  return base
}

type Asked = { params: string[]; q: URLSearchParams; body: Record<string, unknown>; raw: Buffer; me: string }
export function earthquakeRoutes(names: Record<string, string>, publish: (topic: string, message: object) => void, Refused: new (status: number, message: string, next?: string) => Error): [string, RegExp, (a: Asked) => unknown][] {
  let seq = 0
  const find = (id: string) => { const h = all[+id - 1]; if (!h) throw new Refused(404, '没有这次地震。', '回到列表看看。'); return h }
  const tell = (h: Held, live = false) => publish('earthquakes', { type: 'earthquakes', seq: ++seq, earthquakes: [h.quake.id], warning: live ? countdown(h) : null })
  const later = (h: Held) => { setTimeout(() => tell(h), kFirst_ms + 100) }
  const start = (h: Held) => { linkagesFor(h, 'ordered'); tell(h, true); later(h); return { earthquake: h.quake.id } }
  return [
    ['GET', /^\/earthquakes$/, (a) => ({ items: all.map(shown).filter((q) => a.q.get('drills') || !q.drill).sort((x, y) => y.at - x.at) })],
    ['POST', /^\/earthquakes$/, (a) => start(make(a.body as never, a.body.drill ? 'drill' : 'officer', Number(a.body.at ?? Date.now()), !!a.body.drill))],
    ['GET', /^\/earthquakes\/(\d+)$/, (a): QuakeDetail => { const h = find(a.params[0]), q = shown(h), l = estimated(h) ? lossesOf(h.quake, h.versions.length, h.quake.at + 11_000) : null; return { ...q, versions: h.versions, estimates: l ? h.versions.map((v, i) => ({ number: i + 1, made_at: v.made_at + 3200, version: v.version, basis: said(`第 ${v.version} 版震源${i > 1 ? '，5 个台站' : ''}`, `version ${v.version}`), draws: 1000, dead: lossesOf({ ...h.quake, ...v }, 1, 0).total.dead, intensity_max: lossesOf({ ...h.quake, ...v }, 1, 0).total.intensity_max })) : [], response: q.response_level ? { level: q.response_level, ...said(`建议启动${['', '一', '二', '三', '四'][q.response_level]}级地震应急响应`, `Level ${q.response_level} is proposed`), reason: said('估计死亡人数的中位数和最大烈度达到预案条件', 'estimated deaths and intensity meet the plan'), source: '国家地震应急预案', verified: false } : null, warning: h.warning, surveys: h.surveys.filter((s) => !s.withdrawn).length, stations_used: h.stations.length, exposure: { name: '积石山演示', buildings: houses.length, people: 260_000, generated: true }, reached: contours(h.quake).map((c) => ({ intensity: c.intensity, area_km2: c.area_km2, people: l?.total.people_by_degree[String(c.intensity)] ?? 0, villages: Math.round(c.area_km2 / 9) })) } }],
    ['POST', /^\/earthquakes\/(\d+)\/revise$/, (a) => { const h = find(a.params[0]); Object.assign(h.quake, Object.fromEntries(['lon', 'lat', 'magnitude', 'depth_km', 'at', 'name', 'strike', 'mechanism'].filter((k) => a.body[k] !== undefined && a.body[k] !== null).map((k) => [k, a.body[k]]))); h.quake.version++; h.versions.push(version(h.quake.version, h.quake, Date.now(), 'officer')); h.begun = Date.now(); tell(h, Date.now() - h.quake.at < 120_000); later(h); return { version: h.quake.version } }],
    ['POST', /^\/earthquakes\/(\d+)\/withdraw$/, (a) => { const h = find(a.params[0]); h.quake.withdrawn = { at: Date.now(), by: names[a.me], reason: String(a.body.reason ?? '') }; tell(h, true); return {} }],
    ['POST', /^\/earthquakes\/(\d+)\/drill$/, (a) => { const q = find(a.params[0]).quake; return start(make({ ...q, at: undefined }, 'drill', Date.now() - 2500, true)) }],
    ['GET', /^\/earthquakes\/(\d+)\/map$/, (a) => { const h = find(a.params[0]); const m = mapOf(h.quake, h); return estimated(h) ? m : { ...m, contours: [] } }],
    ['GET', /^\/earthquakes\/(\d+)\/losses$/, (a) => { const h = find(a.params[0]); if (!estimated(h)) throw new Refused(404, '还没有损失估计。'); return lossesOf(h.quake, h.versions.length, Math.max(h.begun, h.quake.at + 11_000)) }],
    ['GET', /^\/earthquakes\/(\d+)\/report$/, (a) => { const h = find(a.params[0]); if (!estimated(h)) throw new Refused(404, '报告还没有生成。'); return report(h) }],
    ['GET', /^\/earthquakes\/(\d+)\/(losses\.csv|losses\.geojson|grid\.xml|report\.pdf)$/, () => ({ mock: true })],
    ['POST', /^\/earthquakes\/(\d+)\/stations$/, (a) => { const h = find(a.params[0]); const rows = a.raw.toString().split(/\r?\n/).map((r) => r.split(',')).filter((r) => r.length >= 6 && Number(r[1])); h.stations.push(...rows.map((r) => ({ name: r[0], lon: +r[1], lat: +r[2], pga: +r[3] / 100, pgv: +r[4] / 100, intensity: +r[5] }))); tell(h); return { stations: rows.length, left_out: 0 } }],
    ['POST', /^\/earthquakes\/(\d+)\/surveys$/, (a) => { const h = find(a.params[0]); const near = towns.reduce((b, t) => (km(a.body as never, t as At) < km(a.body as never, b as At) ? t : b)); const s = { id: ++surveyId, at: Date.now(), by: names[a.me], place: near.code, place_name: near.name, intensity: null, ...a.body, withdrawn: null } as unknown as Survey; h.surveys.push(s); tell(h); return { survey: s } }],
    ['GET', /^\/earthquakes\/(\d+)\/surveys$/, (a) => ({ items: find(a.params[0]).surveys })],
    ['POST', /^\/surveys\/(\d+)\/withdraw$/, (a) => { for (const h of all) for (const s of h.surveys) if (s.id === +a.params[0]) { s.withdrawn = { at: Date.now() }; tell(h) } return {} }],
    ['GET', /^\/earthquakes\/(\d+)\/linkages$/, (a) => ({ items: find(a.params[0]).linkages })],
    ['POST', /^\/linkages\/(\d+)\/answer$/, (a) => { for (const h of all) for (const l of h.linkages) if (l.id === +a.params[0]) Object.assign(l, { state: a.body.done ? 'done' : 'failed', answered_at: Date.now(), by: names[a.me] }); return {} }],
    ['GET', /^\/early-warning$/, () => ({ stations: [], stations_live: 5, links: [], policy: {}, warnings: all.filter((h) => !h.quake.withdrawn && Date.now() - h.quake.at < 120_000).map(countdown) })],
    ['GET', /^\/early-warning\/(\d+)\/places$/, (a) => { const h = find(a.params[0]); return { now: Date.now(), origin: h.quake.at, p_kms: kP, s_kms: kS, blind_km: 12, items: arrivals(h) } }],
    ['GET', /^\/exposure$/, () => ({ loaded: true, name: '积石山演示', kind: 'census', buildings: houses.length, people: 260_000, generated: true, types, by_type: [], townships: towns.length, imported_at: Date.now() - kDay, report: '' })],
    ['GET', /^\/scenarios$/, () => ({ items: scenarios.map((_, i) => scenario(i + 1)).reverse() })],
    ['POST', /^\/scenarios$/, (a) => { scenarios.push({ asked: a.body as never, begun: Date.now() }); return { scenario: scenarios.length } }],
    ['GET', /^\/scenarios\/(\d+)$/, (a) => { if (!scenarios[+a.params[0] - 1]) throw new Refused(404, '没有这次模拟：服务重启后，以前的模拟不再保留。', '再算一次。'); return scenario(+a.params[0]) }],
    ['POST', /^\/scenarios\/(\d+)\/stop$/, (a) => { scenarios[+a.params[0] - 1].stopped = Date.now(); return {} }],
    ['GET', /^\/buildings\/(\d+)$/, (a) => facts(+a.params[0], a.q.get('layer') ?? 'plain')],
    ['GET', /^\/buildings\/(\d+)\/history$/, (a) => history(+a.params[0])],
    ['GET', /^\/motions$/, () => ({ items: [] })],
  ]
}
