/** Links, situations and rules of the invented county. MOCK_LINKS=100000 for a province's worth of points. */
import type { Alarm, AlarmRule, AnyRule, AreaRule, Backtest, BacktestAsked, Chain, Frame, Level, Link, LinkDetail, Picture, RuleFault, Situation, SituationDetail, SpotRule } from '../src/shared/types'
import { allOf, yamlOf } from '../src/desk/signals/rules/book'
import { readRule, secondsOf } from '../src/desk/signals/rules/yaml'
import { below, home, pack, places, random, records } from './world'

const W_objects = () => records.filter((r) => r.type === 'reservoir').slice(0, 3)

const n = (id: string, zh: string, en: string) => ({ id, zh, en })
const f = (id: string, zh: string, en: string, type: string, unit = '') => ({ ...n(id, zh, en), type, list: true, ...(unit ? { unit } : {}) })
const code = f('code', '测站编码', 'Station code', 'text')
const types = [
  { ...n('rain_gauge', '雨量站', 'Rain gauge'), generated: true, fields: [code, f('ready_1h', '1小时准备转移雨量', 'Rain in 1 h: get ready', 'number', 'mm'), f('move_1h', '1小时立即转移雨量', 'Rain in 1 h: move', 'number', 'mm'), f('ready_6h', '6小时准备转移雨量', 'Rain in 6 h: get ready', 'number', 'mm'), f('move_6h', '6小时立即转移雨量', 'Rain in 6 h: move', 'number', 'mm')], signal: { unit: 'mm', decimals: 1, limits: ['ready_1h', 'move_1h'] }, every: 300, share: 0.46 },
  { ...n('river_gauge', '河道水位站', 'River gauge'), generated: true, fields: [code, f('warning', '警戒水位', 'Warning level', 'number', 'm'), f('guaranteed', '保证水位', 'Guaranteed level', 'number', 'm'), f('historic', '历史最高水位', 'Highest level on record', 'number', 'm')], signal: { unit: 'm', decimals: 2, limits: ['warning', 'guaranteed', 'historic'] }, every: 300, share: 0.2 },
  { ...n('slope_sensor', '边坡位移计', 'Slope displacement gauge'), generated: true, fields: [code, f('rate_orange', '橙色日位移', 'Displacement a day, orange', 'number', 'mm'), f('rate_red', '红色日位移', 'Displacement a day, red', 'number', 'mm')], signal: { unit: 'mm', decimals: 1, limits: ['rate_orange', 'rate_red'] }, every: 600, share: 0.22 },
  { ...n('gas_detector', '可燃气体探测器', 'Combustible gas detector'), generated: true, fields: [code], signal: { unit: '%LEL', decimals: 1, limits: [] as string[] }, every: 60, share: 0.12 },
]
pack.record_types.push(...(types as never[]))
pack.hazards.push(n('flood', '洪水', 'Flood'), n('hazardous_chemicals', '危险化学品泄漏', 'Hazardous chemical release'))

export const rules: AlarmRule[] = [
  { ...n('rain_amount', '暴雨', 'Rainstorm'), type: 'rain_gauge', hazard: 'rainstorm', steps: [{ level: 'blue', when: 'sum(12h) >= 50' }, { level: 'yellow', when: 'sum(6h) >= 50' }, { level: 'orange', when: 'sum(3h) >= 50' }, { level: 'red', when: 'sum(3h) >= 100' }], clear_after_s: 3600, reports: 1, draft_from: 'orange', source: '气象灾害预警信号发布与传播办法 (中国气象局令第16号), 附件 暴雨预警信号', effective_from: '2007-06-12', verified: false, standing: 38, raised_week: 61 },
  { ...n('flash_flood_rain', '山洪临界雨量', 'Critical rain for flash floods'), type: 'rain_gauge', hazard: 'flash_flood', steps: [{ level: 'orange', when: 'sum(1h) >= limit.ready_1h or sum(6h) >= limit.ready_6h' }, { level: 'red', when: 'sum(1h) >= limit.move_1h or sum(6h) >= limit.move_6h' }], clear_after_s: 3600, reports: 1, draft_from: 'orange', source: '山洪灾害预警: 准备转移、立即转移临界雨量由各村预警指标表确定', effective_from: '2015-01-01', verified: false, standing: 9, raised_week: 12 },
  { ...n('river_level', '河道洪水', 'River flood'), type: 'river_gauge', hazard: 'flood', steps: [{ level: 'blue', when: 'value + rate(1h) * 3 >= limit.warning' }, { level: 'yellow', when: 'value >= limit.warning' }, { level: 'orange', when: 'value >= limit.guaranteed' }, { level: 'red', when: 'value >= limit.historic' }], margin: 0.05, reports: 2, clear_after_s: 3600, draft_from: 'orange', issue_from: 'red', source: 'SL 758-2018 洪水预警等级', effective_from: '2018-01-01', verified: true, standing: 4, raised_week: 7 },
  { ...n('slope_shift', '边坡位移', 'Displacement of a slope'), type: 'slope_sensor', hazard: 'geohazard', steps: [{ level: 'orange', when: 'range(24h) >= limit.rate_orange' }, { level: 'red', when: 'range(24h) >= limit.rate_red' }], hold_s: 1800, clear_after_s: 21600, reports: 1, draft_from: null, source: 'DZ/T 0221-2006', effective_from: '2006-06-05', verified: false, standing: 0, raised_week: 1 },
  { ...n('gas_release', '可燃气体泄漏', 'Release of combustible gas'), type: 'gas_detector', hazard: 'hazardous_chemicals', steps: [{ level: 'yellow', when: 'value >= 25' }, { level: 'red', when: 'value >= 50' }], margin: 5, reports: 1, clear_after_s: 600, draft_from: null, source: 'GB/T 50493-2019', effective_from: '2020-01-01', verified: true, standing: 0, raised_week: 0 },
]
const areas: AreaRule[] = [{ ...n('many_silent', '大面积监测中断', 'Many links silent at once'), over: 'county', hazard: 'monitoring_outage', steps: [{ level: 'yellow', when: 'share(silent) >= 0.2 and count(silent) >= 5' }, { level: 'orange', when: 'share(silent) >= 0.5 and count(silent) >= 10' }], hold_s: 120, clear_after_s: 600, source: '设计值', effective_from: '2026-11-22', verified: false }]
const spots: SpotRule[] = [{ ...n('satellite_fire', '卫星火点', 'Fire seen by satellites'), hazard: 'forest_fire', steps: [{ level: 'yellow', least_mw: 0 }, { level: 'orange', least_mw: 50 }], clear_after_s: 86_400, source: 'NASA FIRMS', effective_from: '2026-01-01', verified: false }]
const chain = (id: string, zh: string, en: string, more: Partial<Chain>): Chain => ({ ...n(id, zh, en), hazard: 'geohazard', source: '设计值', effective_from: '2026-11-22', verified: false, from: 'rain_amount', to: 'geohazard_site', steps: [{ level: 'orange', at: 'orange' }, { level: 'red', at: 'red' }], clear_after_s: 21_600, ...more })
const chains: Chain[] = [
  chain('rain_slopes', '强降雨引发滑坡', 'Slopes under heavy rain', { within_km: 5, standing: 6 }), chain('slopes_villages', '滑坡下方的村', 'Villages below slopes', { from: 'rain_slopes', to: 'village_group', same: 'village', steps: [{ level: 'orange', at: 'orange' }] }),
  chain('river_down', '上游洪水到下游', 'Flood on its way down', { from: 'river_level', to: 'river_section', by: 'upstream', travel: 'minutes', hazard: 'flood', steps: [{ level: 'yellow', at: 'orange' }, { level: 'orange', at: 'red' }] }),
  chain('quake_dams', '震后水库排查', 'Reservoirs after an earthquake', { from: 'earthquake', to: 'reservoir', hazard: 'earthquake', issue_from: 'red', steps: [{ level: 'yellow', intensity: 6 }, { level: 'orange', intensity: 7 }, { level: 'red', intensity: 8 }] }),
]
/** What the node does with texts of rules, as far as the desk can see it. */
const written = new Map<string, { yaml: string; at: number }>(), off = new Set<string>()
export function book() {
  const made = new Map<string, AlarmRule>()
  for (const [id, { yaml }] of written) {
    const { fields: f, steps } = readRule(yaml)
    if (f.type) made.set(id, { ...n(id, f.zh, f.en), type: f.type, hazard: f.hazard, steps: steps as never, hold_s: secondsOf(f.hold), clear_after_s: secondsOf(f.clear_after), reports: Number(f.reports ?? 1), margin: Number(f.margin ?? 0), draft_from: (f.draft_from as Level) || null, issue_from: (f.issue_from as Level) || null, source: f.source, effective_from: f.effective_from, verified: f.verified === 'true' })
  }
  const dress = <R extends AnyRule>(r: R): R => ({ ...r, on: !off.has(r.id), own: written.has(r.id), yaml: written.get(r.id)?.yaml ?? yamlOf(r), changed_by: written.has(r.id) ? '管理员' : null, changed_at: written.get(r.id)?.at ?? null, fault: null })
  const items = [...rules.map((r) => made.get(r.id) ?? r), ...[...made.values()].filter((r) => !rules.some((x) => x.id === r.id))]
  return { items: items.map((r) => ({ ...dress(r), links: links.filter((l) => l.type === r.type).length })), areas: areas.map(dress), spots: spots.map(dress), chains: chains.map(dress), unreadable: [], fault: null }
}
export function faultsIn(yaml: string): RuleFault[] {
  const r = readRule(yaml), out: RuleFault[] = []
  if (r.problem) out.push({ line: 1, field: '', zh: '读不懂这段 YAML', en: 'this YAML cannot be read' })
  if (r.section === 'alarm_rules') r.steps.forEach((s, i) => { if (!/(>=|<=|<|>)\s*\S/.test(s.when ?? '')) out.push({ line: r.stepLines[i], field: `${r.fields.id}.steps[${i + 1}].when`, zh: `第 ${(s.when ?? '').length} 个字符处：应为比较，却是结尾`, en: 'expected a comparison' }) })
  for (const k of ['hold', 'clear_after']) if (Number.isNaN(secondsOf(r.fields[k]))) out.push({ line: r.lines[k], field: k, zh: `“${r.fields[k]}”应为时长，如 90 s、15 min、2 h、180 d`, en: 'must be a duration' })
  return out
}
export const keepRule = (id: string, yaml: string) => { written.set(id, { yaml, at: Date.now() }) }
export const dropRule = (id: string) => written.delete(id)
export const setOn = (id: string, on: boolean) => { if (on) off.delete(id); else off.add(id) }
export const ruleOf = (id: string) => allOf(book()).find((r) => r.id === id)
export function frames(l: Link, from: number, until: number, limit: number): Frame[] {
  const every = 300_000, out: Frame[] = []
  for (let at = Math.floor(Math.min(until, Date.now()) / every) * every - (l.id % 200) * 1000; at > from && out.length < limit; at -= every) out.push({ number: at / 1000, at, protocol: l.id % 3 ? 'sl651' : 'json', from: `10.62.29.${l.id % 250}:${40000 + (l.id % 9000)}`, size: 47, format: l.id % 3 ? 'hex' : 'text', text: l.id % 3 ? `7E7E01006229270001123433002B020C2A26112211${at % 997}03F1F1006229270001 48 F0F0 2611221100 20 19 000042 39 23 001780215 38 12 1265 03 8B4E` : `{"link":"${l.code}","at":"${new Date(at).toISOString()}","value":12.5}` })
  return out
}
export const pictures = (l: Link): Picture[] => (l.type === 'river_gauge' ? Array.from({ length: 9 }, (_, i) => ({ number: 9 - i, at: Date.now() - i * 36e5, protocol: 'sl651', from: `10.62.29.${l.id % 250}:40001`, size: 48_211 })) : [])

const kCount = Number(process.env.MOCK_LINKS ?? 2400)
const villages = [...places.values()].filter((p) => p.level === 'village')
const word: Record<string, string> = { rain_gauge: '雨量站', river_gauge: '水位站', slope_sensor: '位移计', gas_detector: '探测器' }
export const links: Link[] = kCount ? Array.from({ length: kCount }, (_, i) => {
  let u = (i % 100) / 100
  const type = types.find((t) => (u -= t.share) < 0) ?? types[0]
  const v = villages[Math.floor(random() * villages.length)]
  const r = random()
  const state = r < 0.9 ? 'fresh' : r < 0.93 ? 'late' : r < 0.97 ? 'silent' : r < 0.98 ? 'implausible' : r < 0.985 ? 'flat' : r < 0.99 ? 'never' : 'fresh'
  const ago = state === 'fresh' ? random() * type.every : state === 'late' ? type.every * 4 : 86_400 * random() * 3 + 4000
  const value = state === 'never' ? null : type.id === 'river_gauge' ? 1778 + random() * 3 : type.id === 'rain_gauge' ? (random() < 0.6 ? 0 : Math.round(random() * 40) / 10) : type.id === 'gas_detector' ? random() * 4 : 100 + random() * 20
  return { id: 1001 + i, name: `${v.name.replace('村', '')}${word[type.id]}`, code: `62292${String(7_000_000 + i * 7)}`, type: type.id, suspect: i % 173 === 7, place: v.code, place_name: v.name, lon: v.lon! + (random() - 0.5) * 0.03, lat: v.lat! + (random() - 0.5) * 0.025, unit: type.signal.unit, value, at: state === 'never' ? null : Date.now() - ago * 1000, state, level: 'none' } as Link
}) : []
export const rank = (level: string) => ['none', 'blue', 'yellow', 'orange', 'red'].indexOf(level)
setInterval(() => { for (const l of links) if (l.state === 'fresh' && l.at && Date.now() - l.at > 300_000) l.at = Date.now() }, 10_000)

const alarms: Alarm[] = []
function raise(situation: number, rule: AlarmRule, level: Level, l: Link, ago_min: number) {
  const value = rule.type === 'river_gauge' ? (l.value ?? 1780) : Math.round((l.value ?? 0) * 10 + 62) / 10
  if (l.level === 'none') l.level = level
  alarms.push({ id: alarms.length + 1, situation, link: l.id, name: l.name, place_name: l.place_name, lon: l.lon, lat: l.lat, rule: rule.id, rule_zh: rule.zh, rule_en: rule.en, level, highest: level, value, unit: l.unit, at: Date.now() - ago_min * 60_000, raised_at: Date.now() - ago_min * 60_000 + 900, cleared_at: null })
}
const north = new Set(below.get(home)?.slice(0, 7))
const near = (type: string, count: number, from = 0) => links.filter((l) => l.type === type && l.state === 'fresh' && north.has(l.place.slice(0, 9))).slice(from, from + count)
near('rain_gauge', 9).forEach((l, i) => raise(1, rules[1], i < 3 ? 'red' : 'orange', l, 11 - i))
near('rain_gauge', 38, 9).forEach((l, i) => raise(2, rules[0], i < 6 ? 'orange' : i < 20 ? 'yellow' : 'blue', l, 48 - i))
near('river_gauge', 4).forEach((l, i) => raise(3, rules[2], i ? 'blue' : 'yellow', l, 25 + i))
W_objects().forEach((r, i) => alarms.push({ id: alarms.length + 1, situation: 3, link: r.id, object_type: r.type, name: r.name, place_name: r.place_name, lon: r.lon, lat: r.lat, rule: 'river_down', rule_zh: '上游洪水到下游', rule_en: 'Flood on its way down', level: i ? 'yellow' : 'orange', highest: 'orange', value: 0, unit: '', at: Date.now() - 9e5, raised_at: Date.now() - 9e5, cleared_at: null, cause: '刘集水位站', due: Date.now() + (i - 1) * 25 * 60_000 + 70_000 }))
for (const a of alarms.filter((x) => !x.cause).slice(-2)) a.cleared_at = Date.now() - 300_000

const may = (s: Situation): Situation['may'] => (s.state === 'closed' ? [] : s.state === 'open' ? ['take', 'draft'] : ['release', 'draft'])
const situation = (id: number, more: Partial<Situation>): Situation => {
  const s = { id, state: 'open', hazard: 'rainstorm', level: 'none', place: home, place_name: '积石山县', opened_at: Date.now() - 3e6, changed_at: Date.now() - 60_000, alarms: 0, links: 0, trend: 'steady', warning: null, warning_state: null, taken_by: null, taken_at: null, closed_at: null, propose_cancel: false, ...more } as Situation
  return s
}
export const situations: Situation[] = kCount ? [
  situation(1, { hazard: 'flash_flood', level: 'red', highest: 'red', opened_at: Date.now() - 11 * 60_000, changed_at: Date.now() - 40_000, trend: 'rising', headline: '9 个雨量站达到转移雨量' }),
  situation(2, { hazard: 'rainstorm', level: 'orange', highest: 'orange', state: 'taken', taken_by: '马丽', taken_at: Date.now() - 30 * 60_000, opened_at: Date.now() - 48 * 60_000, changed_at: Date.now() - 120_000, trend: 'rising', warning: 1, warning_state: 'in_force', headline: '38 个雨量站' }),
  situation(3, { hazard: 'flood', level: 'yellow', highest: 'yellow', opened_at: Date.now() - 26 * 60_000, changed_at: Date.now() - 300_000, trend: 'steady', headline: '刘集河水位超警戒' }),
  situation(4, { hazard: 'silence', level: 'none', opened_at: Date.now() - 96 * 60_000, changed_at: Date.now() - 900_000, trend: 'steady', headline: '石塬镇 47 个测点失联', place: below.get(home)![2], place_name: '石塬镇', links: 47 }),
  situation(5, { hazard: 'gale', level: 'none', highest: 'blue', state: 'taken', taken_by: '李强', taken_at: Date.now() - 5e6, opened_at: Date.now() - 8e6, changed_at: Date.now() - 2e6, trend: 'falling', warning: 3, warning_state: 'in_force', propose_cancel: true }),
  ...Array.from({ length: 64 }, (_, i) => situation(6 + i, { hazard: ['rainstorm', 'flood', 'gale'][i % 3], highest: (['blue', 'yellow', 'orange'] as const)[i % 3], state: 'closed', opened_at: Date.now() - (i + 2) * 864e5, changed_at: Date.now() - (i + 2) * 864e5 + 9e6, closed_at: Date.now() - (i + 2) * 864e5 + 9e6, links: 3 + i % 7 })),
] : []
const standing = (id: number) => alarms.filter((a) => a.situation === id && !a.cleared_at)
export function shown(s: Situation): Situation {
  const now = standing(s.id)
  return { ...s, alarms: now.length, links: s.links || new Set(now.map((a) => a.link)).size, may: may(s) }
}
export function detail(s: Situation): SituationDetail {
  const items = alarms.filter((a) => a.situation === s.id)
  const towns = new Map<string, { code: string; name: string; alarms: number; level: Level }>()
  for (const a of standing(s.id)) {
    const t = places.get((links.find((l) => l.id === a.link)?.place ?? records.find((r) => r.id === a.link)!.place).slice(0, 9))!
    const row = towns.get(t.code) ?? { code: t.code, name: t.name, alarms: 0, level: a.level }
    towns.set(t.code, { ...row, alarms: row.alarms + 1, level: ['blue', 'yellow', 'orange', 'red'].indexOf(a.level) > ['blue', 'yellow', 'orange', 'red'].indexOf(row.level) ? a.level : row.level })
  }
  return { ...shown(s), items, towns: [...towns.values()] }
}
const limitsOf = (l: Link) => {
  const type = types.find((t) => t.id === l.type)!
  const base: Record<string, number> = { warning: 1781, guaranteed: 1782.2, historic: 1783.6, ready_1h: 30, move_1h: 50, rate_orange: 10, rate_red: 30 }
  return type.signal.limits.map((id) => ({ ...n(id, type.fields.find((x) => x.id === id)!.zh, type.fields.find((x) => x.id === id)!.en), value: base[id] ?? null }))
}
export function linkDetail(l: Link): LinkDetail {
  const type = types.find((t) => t.id === l.type)!
  return { ...l, interval_s: type.every, limits: limitsOf(l), alarms: alarms.filter((a) => a.link === l.id),
    rules: rules.filter((r) => r.type === l.type).map((r) => ({ rule: r.id, zh: r.zh, en: r.en, level: alarms.find((a) => a.link === l.id && a.rule === r.id && !a.cleared_at)?.level ?? 'none', since: alarms.find((a) => a.link === l.id && a.rule === r.id)?.raised_at ?? null,
      windows: [...new Set(r.steps.flatMap((s) => s.when.match(/(\w+\(\w+\)|\bvalue\b)/g) ?? []))].map((text) => ({ text, value: text === 'value' ? l.value : 12.4 + text.length })) })),
    frame: l.at ? { at: l.at, from: `SL 651 TCP 10.62.29.${l.id % 250}:${40000 + (l.id % 9000)}`, text: '7E7E01006229270001123433002B020C2A2611221103F1F1006229270001 48 F0F0 2611221100 20 19 000042 39 23 001780215 38 12 1265 03 8B4E' } : null }
}
/** Water of a river that follows the seasons, floods now and then, and is silent for some hours a month. */
function reading(l: Link, at: number): number | null {
  const day = at / 864e5 + l.id
  if (day % 31 > 30.7) return null
  const noise = Math.sin(day * 911.3) * 0.5 + Math.sin(day * 37.7) * 0.8
  if (l.type === 'rain_gauge') { const wet = Math.sin(day * 0.9) * Math.sin(day * 5.1 + 1); return wet > 0.35 ? Math.round((wet * 6 + noise) * 10) / 10 : 0 }
  if (l.type === 'gas_detector') return Math.max(0, 2 + noise + Math.sin(day * 2300))
  if (l.type === 'slope_sensor') return 80 + (day % 4000) * 0.05 + noise * 0.3
  return 1778.6 + Math.sin((day / 365) * 6.28) * 0.5 + Math.max(0, Math.sin(day * 0.31)) ** 8 * 2.1 + noise * 0.05
}
const kBegun = Date.UTC(2016, 0, 1)
export function chart(l: Link, from: number, until: number, buckets: number) {
  const every = types.find((t) => t.id === l.type)!.every * 1000
  const head = { link: l.id, unit: l.unit, from, until, limits: l.type === 'river_gauge' ? limitsOf(l) : [] }
  const first = Math.max(from, kBegun), end = Math.min(until, Date.now())
  if ((until - from) / every <= buckets) {
    const points: number[][] = []
    for (let at = Math.ceil(first / every) * every; at <= end; at += every) { const v = reading(l, at); if (v !== null) points.push([at, v]) }
    return { ...head, raw: true, points }
  }
  const width = (until - from) / buckets
  const points: number[][] = []
  for (let i = 0; i < buckets; i++) {
    const start = from + i * width
    if (start < first || start > end) continue
    const some = Array.from({ length: 12 }, (_, k) => reading(l, start + (width * k) / 12)).filter((v): v is number => v !== null)
    if (some.length) points.push([Math.round(start), Math.min(...some), some.reduce((a, b) => a + b) / some.length, Math.max(...some), Math.round(width / every)])
  }
  return { ...head, raw: false, points }
}
export function backtest(asked: BacktestAsked): Backtest {
  const read = asked.yaml ? readRule(asked.yaml) : null
  const steps = (read?.steps ?? asked.steps ?? []) as { level: Level }[], type = read?.fields.type ?? asked.type
  const mine = links.filter((l) => l.type === type && l.place.startsWith(asked.place ?? ''))
  const list = Array.from({ length: Math.min(500, Math.round((asked.until - asked.from) / 864e5 / 2)) }, (_, i) => {
    const from = asked.from + ((i * 7919) % 1000) / 1000 * (asked.until - asked.from)
    const l = mine[(i * 13) % Math.max(1, mine.length)]
    return { link: l?.id ?? 0, name: l?.name ?? '', level: steps[i % steps.length].level, from, until: Math.min(asked.until, from + (1 + (i % 9)) * 36e5), peak: 52 + (i % 40) }
  }).sort((a, b) => a.from - b.from)
  return { readings: mine.length * Math.round((asked.until - asked.from) / 3e5), links: mine.length, from: asked.from, until: asked.until, total: list.length, alarms: list,
    score: asked.peaks ? { peaks: 14, warned: 12, missed: 2, false_alarms: 3, lead_minutes: 214 } : null }
}
