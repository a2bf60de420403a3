/**
 * The pictures of README.md, of the rainstorm evening on a demo node: only with --screenshots, at 1366×768 and 360×780.
 * Each is taken when its screen says what it is about, and stays below kBytesMax.
 */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { check, until } from '../browser.mjs'
import { drawPolygon, number, signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

const kBytesMax = 400_000
const kAnswered = 0.5

export default async function ({ browser, base, accounts, documents, say }) {
  if (!documents) return say('not asked for')
  const duty = await NodeApi.signIn(base, accounts.duty)
  await duty.post('/demo', { start: true, answering: 0.85, dead: 0.05 })
  const storm = await until(async () => {
    const id = (await duty.get('/demo')).warning
    const warning = id && (await duty.get(`/warnings/${id}`))
    return warning?.round && warning
  }, 'the rainstorm evening does not begin', 60_000)
  const totals = () => duty.get(`/rounds/${storm.round}/board`).then((b) => b.totals)
  const county = (await duty.get(`/rounds/${storm.round}/board`)).by_place.sort((a, b) => b.due - a.due)[0].code.slice(0, 6)
  await until(async () => { const t = await totals(); return t.answered >= kAnswered * t.due }, 'too few answer', 150_000)

  const desk = async (theme) => {
    const page = await browser.page({ label: 'pictures ' })
    await page.addInitScript(([look, place]) => { localStorage.setItem('anlan.theme', look); localStorage.setItem('anlan.scope', place) }, [theme, county])
    await signIn(page, accounts.duty, '/situation')
    return page
  }
  const taken = []
  /** The map has drawn all it has, and nothing glows any more. */
  const take = async (page, name) => {
    await page.waitForLoadState('networkidle', { timeout: 8000 }).catch(() => undefined)
    await page.waitForTimeout(2200)
    const path = join(documents, `${name}.png`)
    await page.screenshot({ path })
    taken.push(path)
  }

  const dark = await desk('dark')
  await dark.getByTestId('overview').waitFor()
  await take(dark, 'situation')
  await dark.goto(`/warnings/${storm.id}`)
  await until(async () => (await number(dark.getByTestId('board-answered'))) > 0, 'the board is empty')
  await take(dark, 'board')
  const { round } = await duty.get(`/rounds/${storm.round}/board`)
  await dark.goto(`/warnings/${storm.id}?at=${round.opened_at + 35_000}`)
  await dark.getByTestId('replay-now').waitFor()
  await take(dark, 'look-back')

  const gauge = (await duty.get('/links?type=river_gauge&limit=1')).items[0]
  await dark.goto(`/signals/links?link=${gauge.id}`)
  await until(async () => Number(await dark.getByTestId('link-panel').getByTestId('chart').getAttribute('data-points')) > 0, 'the chart has no readings')
  await take(dark, 'links')

  const light = await desk('light')
  await light.goto('/warnings/new')
  await light.getByTestId('hazard').selectOption('rainstorm')
  await light.getByTestId('level-orange').click()
  await drawPolygon(light, 0.3, 6)
  await light.getByTestId('preview-people').waitFor()
  await light.getByTestId('preview-people').scrollIntoViewIfNeeded()
  await light.locator('.right .scroll').evaluate((e) => { e.scrollTop = e.querySelector('.preview').offsetTop - e.offsetTop })
  await take(light, 'preview')
  const draft = Number(/warnings\/(\d+)/.exec(light.url())?.[1])

  const village = (await duty.get(`/rounds/${storm.round}/calls?group=all&limit=500`)).items.find((c) => c.person && c.kind === 'holder' && c.rank === 'village_leader' && !c.answer)
  const admin = await NodeApi.signIn(base, accounts.admin)
  const account = { account: `picture-${Date.now().toString(36)}`, password: 'rain-and-river-7' }
  const { node } = await admin.get('/session')
  await admin.post('/accounts', { ...account, name: village.person.name, person: village.person.id, roles: [{ role: 'viewer', place: node.place }] })
  const asks = await (await NodeApi.firstSignIn(base, account, 'my-own-river-9')).get('/my/calls')
  const ask = asks.items.find((a) => a.warning.headline === storm.headline) ?? asks.items[0]
  const phone = await browser.page({ width: 360, height: 780, phone: true, label: 'phone ' })
  await phone.goto(`/a/${ask.token}`)
  await phone.getByTestId('headline').waitFor()
  await take(phone, 'answer')

  const folder = await mkdtemp(join(tmpdir(), 'anlan-record-'))
  const pdf = await dark.context().request.get(`/api/v1/rounds/${storm.round}/record.pdf`)
  await writeFile(join(folder, 'record.pdf'), await pdf.body())
  await promisify(execFile)('pdftoppm', ['-png', '-r', '80', '-f', '1', '-l', '1', '-singlefile', join(folder, 'record.pdf'), join(documents, 'record')])
  taken.push(join(documents, 'record.png'))
  await rm(folder, { recursive: true })

  if (draft) await duty.ask('DELETE', `/warnings/${draft}`).catch(() => undefined)
  for (const path of taken) check((await stat(path)).size < kBytesMax, `${path} is larger than ${kBytesMax} bytes`)
  say(`${taken.length} pictures in ${documents}`)
}
