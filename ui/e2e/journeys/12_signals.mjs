/**
 * From an alarm to a draft: the duty officer opens the monitoring, takes a situation of the demonstration and drafts its
 * warning with two presses; the sound stops. Then a link: its chart from a day to seconds and to years, and the list sifted.
 */
import { check, presses, until } from '../browser.mjs'
import { number, signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

const kToDraft = 2
const kDay_ms = 86_400_000

/** One that nobody has; what an earlier run took is given back, and without any the demonstration is begun. */
async function untaken(api) {
  const open = async () => (await api.get('/situations?state=open&limit=200')).items
  for (const s of await open()) if (s.may?.includes('release') && s.level !== 'none') await api.post(`/situations/${s.id}/release`)
  const found = async () => (await open()).find((s) => s.state === 'open' && s.may?.includes('take') && s.level !== 'none' && (s.warning || s.may.includes('draft')))
  if (!(await found())) await api.post('/demo', { start: true }).catch(() => undefined)
  return until(found, 'the demonstration has no situation that can be taken', 120_000)
}

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.duty)
  const situation = await untaken(api)

  const page = await browser.page({ label: 'duty ' })
  await signIn(page, accounts.duty, '/warnings')
  await page.getByTestId('rail-signals').click()
  const card = page.locator(`[data-testid=situation][data-id="${situation.id}"]`)
  await card.waitFor()
  const bar = page.getByTestId('alarm-bar')
  const loud = ['orange', 'red'].includes(situation.level)
  const waiting = loud ? await number(bar) : 0
  if (loud) await until(async () => (await bar.getAttribute('data-sound')) === 'on', 'nothing sounds although an urgent situation waits')

  await presses(page)
  await card.hover()
  await card.getByTestId('take').click()
  await until(async () => (await card.getAttribute('data-state')) === 'taken', 'taking it does not show')
  if (loud) await until(async () => (await bar.count()) === 0 || (await number(bar)) < waiting, 'it still calls although somebody has taken it')
  await card.locator('[data-testid=draft-warning], [data-testid=card-warning]').first().click()
  await page.waitForURL(/\/warnings\/\d+/)
  const clicks = await presses(page)
  check(clicks <= kToDraft, `${clicks} presses from the queue to a draft, at most ${kToDraft}`)
  const id = Number(/warnings\/(\d+)/.exec(page.url())[1])
  const warning = await api.get(`/warnings/${id}`)
  check(warning.hazard === situation.hazard || situation.warning, `the draft is about ${warning.hazard}, the situation about ${situation.hazard}`)
  check(warning.area_label && warning.headline, 'the draft has no area or no text')

  // An alarm opens its link.
  await page.getByTestId('rail-signals').click()
  await card.locator('.body').click()
  await page.getByTestId('situation-panel').locator('[data-testid=alarm][data-at=link]').first().click()
  const panel = page.getByTestId('link-panel')
  await panel.waitFor()
  const chart = panel.getByTestId('chart')
  const span = async () => Number(await chart.getAttribute('data-until')) - Number(await chart.getAttribute('data-from'))
  await until(async () => Number(await chart.getAttribute('data-points')) > 0, 'the chart has no readings')
  check(Math.abs((await span()) - kDay_ms) < 60_000, 'the chart does not begin with a day')
  await chart.scrollIntoViewIfNeeded()
  await chart.hover()
  for (let i = 0; i < 40 && (await span()) > 60_000; i++) await page.mouse.wheel(0, -240)
  check((await span()) <= 60_000, 'the wheel does not zoom to seconds')
  const asked = page.waitForResponse((r) => /\/chart\?/.test(r.url()))
  await panel.getByTestId('span-y1').click()
  const answer = await (await asked).json()
  check(answer.until - answer.from > 300 * kDay_ms, 'a year is not asked for')
  check(answer.points.length <= 1000, `${answer.points.length} points for a chart`)

  // The list, sifted by what its chips and fields count.
  await page.getByTestId('tab-links').click()
  await page.getByTestId('link-row').first().waitFor()
  const total = (await api.get('/links?limit=1')).total
  const chip = page.locator('[data-testid=link-state][data-state=fresh]')
  const fresh = await number(chip)
  await chip.click()
  await until(async () => /state=fresh/.test(page.url()), 'the address does not keep the filter')
  const row = page.getByTestId('link-row').first()
  const name = (await row.innerText()).trim()
  await page.getByTestId('link-search').fill(name)
  await until(async () => (await page.getByTestId('link-row').allInnerTexts()).every((x) => x.includes(name)), 'the search finds something else')
  await page.getByTestId('link-row').first().click()
  await page.getByTestId('link-panel').waitFor()

  await page.getByTestId('tab-rules').click()
  await page.getByTestId('rule-page').waitFor()
  check((await page.getByTestId('rule').count()) > 0, 'no rules are listed')

  if (warning.state === 'draft' && !situation.warning) await api.ask('DELETE', `/warnings/${id}`).catch(() => undefined)
  await api.post(`/situations/${situation.id}/release`).catch(() => undefined)
  say(`${clicks} presses to a draft, ${total} links, ${fresh} fresh`)
}
