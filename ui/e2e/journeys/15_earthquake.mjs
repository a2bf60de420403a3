/**
 * Earthquake: a duty officer enters one as a drill with a press on the map; every page says that it is a drill; casualties
 * are ranges; the most urgent township leads to its people; a survey from the desk is taken back, one from a phone without
 * a network arrives later and is withdrawn; the report is there as a page and as PDF; the earthquake is withdrawn with a
 * reason. An analyst runs a what-if, compares a strengthened city with it, and watches the storeys of a building.
 */
import { check, until } from '../browser.mjs'
import { signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

async function pressMap(page, field, dx = 0, dy = 0) {
  const map = page.getByTestId('quake-map')
  await map.locator('canvas').waitFor()
  await until(() => map.evaluate((e) => e.querySelector('canvas').width > 0), 'the map has no canvas')
  await page.waitForTimeout(600)
  await page.getByTestId(`${field}-pick`).click()
  await page.getByTestId('picking').waitFor()
  const box = await map.boundingBox()
  await page.mouse.click(box.x + box.width / 2 + dx, box.y + box.height / 2 + dy)
  await until(async () => (await page.locator(`#${field}`).inputValue()) !== '', 'the press on the map set no point')
}
const isRange = (text) => /\d.*–.*\d|不到 1|约/.test(text)

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.duty)
  const exposure = await api.get('/exposure').catch(() => ({ loaded: false }))
  const name = `走查地震 ${Date.now() % 1_000_000}`
  const page = await browser.page({ label: 'duty ' })
  await signIn(page, accounts.duty, '/earthquakes')
  await page.getByTestId('earthquakes').waitFor()

  // Entered as a drill with one press on the map.
  await page.getByTestId('quake-new').click()
  await pressMap(page, 'quake-at')
  await page.getByTestId('quake-magnitude').fill('6.3')
  await page.getByTestId('quake-name').fill(name)
  await page.getByTestId('quake-drill').check()
  await page.getByTestId('quake-send').click()
  await page.getByTestId('drill-notice').waitFor()
  const quake = await until(async () => (await api.get('/earthquakes?drills=1')).items.find((q) => q.name === name), 'the node does not have the earthquake')
  check(quake.drill && quake.magnitude === 6.3, `the node has drill ${quake.drill}, M ${quake.magnitude}`)
  check(!(await api.get('/earthquakes')).items.some((q) => q.id === quake.id), 'a drill stands among the real ones')
  check(page.url().includes(`/earthquakes/${quake.id}`), 'entering does not lead to its page')

  // What it did: ranges, the township that comes first, its people.
  if (exposure.loaded) {
    await page.getByTestId('tab-impact').click()
    const dead = page.getByTestId('range-dead').first()
    await dead.waitFor({ timeout: 60_000 })
    check(isRange(await dead.innerText()), `dead is not a range: ${await dead.innerText()}`)
    if (exposure.generated) await page.getByTestId('generated-notice').waitFor()
    await page.getByTestId('tab-towns').click()
    const first = (await api.get(`/earthquakes/${quake.id}/losses`)).townships.find((t) => t.priority === 1)
    await page.getByTestId('town-search').fill(first.name)
    await page.locator('.scroller .line').first().click()
    await page.getByTestId('town-detail').waitFor()
    check((await page.getByTestId('town-detail').innerText()).includes(first.name), 'another township opened')
    check((await page.getByTestId('town-people').getAttribute('href')).includes(first.place), 'its people are not one press away')
    await page.getByTestId('town-back').click()
    await page.getByTestId('tab-report').click()
    await page.locator('.paper h1').waitFor({ timeout: 90_000 })
    const pdf = page.waitForEvent('download')
    await page.getByTestId('report-pdf').click()
    check((await pdf).suggestedFilename().endsWith('.pdf'), 'no PDF')
  }
  await page.getByTestId('tab-versions').click()
  await page.getByTestId('version').first().waitFor()

  // A survey from the desk, taken back at once.
  const surveys = async () => (await api.get(`/earthquakes/${quake.id}/surveys`)).items
  await page.getByTestId('tab-observed').click()
  await page.getByTestId('survey-add').click()
  await pressMap(page, 'survey-at', 20, 20)
  await page.getByTestId('felt-7').check()
  await page.getByTestId('survey-collapsed').fill('3')
  await page.getByTestId('survey-send').click()
  const kept = await until(async () => (await surveys()).find((s) => s.houses_collapsed === 3), 'the node does not have the survey')
  check(kept.intensity === 7, `intensity ${kept.intensity}`)
  await page.locator('.notes > div').filter({ hasText: '已记下' }).locator('button').click()
  await until(async () => (await surveys()).find((s) => s.id === kept.id).withdrawn, 'the survey cannot be taken back')

  // One from a phone that has no network when it is sent.
  const phone = await browser.page({ width: 360, height: 780, phone: true, label: 'phone ', geolocation: { longitude: quake.lon + 0.01, latitude: quake.lat }, permissions: ['geolocation'] })
  browser.allow(/ERR_INTERNET_DISCONNECTED|Failed to fetch|net::ERR/)
  await phone.goto('/m')
  await phone.getByTestId('account').fill(accounts.duty.account)
  await phone.getByTestId('password').fill(accounts.duty.password)
  await phone.getByTestId('sign-in').click()
  await phone.getByTestId('to-survey').click()
  await phone.getByTestId('survey-gps').waitFor()
  const shown = () => phone.locator('.survey-top .card').innerText()
  if (!(await shown()).includes(name)) {
    await phone.getByTestId('survey-other').click()
    await phone.locator('.others button').filter({ hasText: name }).click()
  }
  await until(async () => (await shown()).includes(name), 'the phone does not show the earthquake')
  await phone.waitForTimeout(800)
  await phone.context().setOffline(true)
  await phone.getByTestId('survey-gps').click()
  await phone.getByTestId('survey-here').waitFor()
  await phone.getByTestId('survey-felt-8').click()
  await phone.getByTestId('survey-injured').fill('5')
  await phone.getByTestId('survey-send').click()
  await phone.getByTestId('survey-said').waitFor()
  check(!(await surveys()).some((s) => s.injured === 5), 'it was sent without a network')
  await phone.context().setOffline(false)
  const sent = await until(async () => (await surveys()).find((s) => s.injured === 5), 'the survey of the phone does not arrive', 60_000)
  check(sent.intensity === 8, `intensity ${sent.intensity}`)
  await until(async () => /收到|received/.test(await phone.getByTestId('survey-own').innerText()), 'the phone does not say that it arrived', 40_000)
  await phone.getByTestId('survey-withdraw').first().click()
  await until(async () => (await surveys()).find((s) => s.id === sent.id).withdrawn, 'the phone cannot withdraw it')

  // Withdrawn with a reason; the list says so.
  await page.getByTestId('quake-withdraw').click()
  await page.locator('dialog textarea').fill('走查')
  await page.getByTestId('confirm').click()
  await page.getByTestId('withdrawn-notice').waitFor()
  check((await api.get(`/earthquakes/${quake.id}`)).withdrawn, 'the node does not know of the withdrawal')
  await page.goto('/earthquakes')
  await page.getByTestId('quake-search').fill(name)
  await until(async () => (await page.locator('[data-testid=quake].gone').count()) === 1, 'the list does not strike it through')

  // What if: one run, one strengthened against it, one building from the side.
  if (!exposure.loaded) return say('no exposure: losses and what-if were left out')
  await page.goto('/scenario')
  await page.getByTestId('scenario-form').waitFor()
  await pressMap(page, 'scenario-at')
  await page.getByTestId('scenario-go').click()
  await page.getByTestId('scenario-csv').waitFor({ timeout: 180_000 })
  const plain = Number(new URL(page.url()).pathname.split('/').pop())
  await page.getByTestId('grade-4').waitFor()
  await page.goto('/scenario')
  await page.getByTestId('scenario-retrofit').click()
  await page.getByTestId('scenario-compare').selectOption(String(plain))
  await page.getByTestId('scenario-go').click()
  await page.getByTestId('scenario-compared').waitFor({ timeout: 180_000 })
  await page.goto(`${new URL(page.url()).pathname}?building=0`)
  await page.getByTestId('building-sway').click()
  await page.getByTestId('storey-motion').waitFor({ timeout: 60_000 })
  const time = page.getByTestId('motion-time')
  const before = Number(await time.inputValue())
  await until(async () => Number(await time.inputValue()) > before, 'the storeys do not move')
  await page.getByTestId('motion-play').click()
  say(`earthquake ${quake.id}, what-if ${plain}`)
}
