/**
 * Roads and dispatch: a duty officer draws a closure and sees at once what it hits, sets it, takes it back; a route shown
 * redraws by itself when somebody else closes a road of it; a planner sees who is within a circle, tries a station more,
 * and is told where the next would be best; teams are found for a place and sent with one press, and appear on their way;
 * goods are planned within the seconds allowed, accepted and withdrawn; a hospital is told. From a record it is one press.
 */
import { check, until } from '../browser.mjs'
import { signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

async function middle(page) {
  const map = page.getByTestId('road-map')
  await map.locator('canvas').waitFor()
  await until(() => map.evaluate((e) => e.querySelector('canvas').width > 0), 'the map has no canvas')
  const box = await map.boundingBox()
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, size: Math.min(box.width, box.height) }
}
/** Presses corners around the middle as a hand does, slower than a double click. */
async function drawArea(page, share) {
  const { x, y, size } = await middle(page)
  for (const [dx, dy] of [[-1, -1], [1, -1], [1, 1], [-1, 1]]) {
    await page.mouse.move(x + dx * size * share, y + dy * size * share, { steps: 3 })
    await page.mouse.click(x + dx * size * share, y + dy * size * share)
    await page.waitForTimeout(350)
  }
  await page.keyboard.press('Enter')
}

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.duty)
  const facts = await api.get('/roads')
  const states = async () => (await api.get('/road-states')).items
  const before = (await states()).length
  const name = `走查路段 ${Date.now() % 1_000_000}`
  const page = await browser.page({ label: 'duty ' })
  await signIn(page, accounts.duty, '/roads/states')
  await page.getByTestId('roads').waitFor()

  // A closure: drawn, looked at, set, taken back.
  await page.getByTestId('state-new').click()
  if (facts.loaded) await page.getByTestId('see-network').click()
  await page.waitForTimeout(900)
  await drawArea(page, 0.1)
  await page.getByTestId('kind-slow').click()
  await page.getByTestId('state-speed').fill('15')
  await until(async () => (await page.getByTestId('preview').innerText()).match(/\d|没有路/), 'no preview of what is hit')
  await page.getByTestId('state-name').fill(name)
  await page.getByTestId('state-reason').fill('走查')
  await page.getByTestId('state-set').click()
  const set = await until(async () => (await states()).find((s) => s.name === name), 'the node does not have the state')
  check(set.kind === 'slow' && set.speed_kmh === 15, `the node has ${set.kind} ${set.speed_kmh}`)
  await until(async () => /用时 \d/.test(await page.locator('.notes').innerText()), 'it is not said how long it took')
  await page.getByTestId('state-search').fill(name)
  await until(async () => (await page.getByTestId('state').count()) === 1, 'the search does not find it alone')
  await page.locator('.notes button').last().click()
  await until(async () => (await states()).length === before, 'setting cannot be taken back')

  // A route; then a colleague closes what it runs over.
  const teams = (await api.get('/records/rescue_team?limit=100')).items.filter((r) => r.lon != null)
  const [from, to] = facts.loaded && facts.bounds ? inside(facts.bounds) : [teams[0], teams.at(-1)]
  await page.goto(`/roads/route?from=${from.lon},${from.lat},,A&to=${to.lon},${to.lat},,B`)
  await page.getByTestId('way').first().waitFor()
  const first = await page.getByTestId('way').first().innerText()
  if (!facts.loaded) await page.getByTestId('estimated').waitFor()
  const file = page.waitForEvent('download')
  await page.getByTestId('route-gpx').click()
  check((await file).suggestedFilename().endsWith('.gpx'), 'no GPX')
  if (facts.loaded) {
    const asked = await api.post('/routes', { from: { lon: from.lon, lat: from.lat }, to: { lon: to.lon, lat: to.lat }, profile: 'car' })
    const line = asked.routes[0].shape.coordinates
    const [lon, lat] = line[Math.floor(line.length / 2)]
    const d = 0.002
    const closed = await api.post('/road-states', { name: '走查封闭', kind: 'closed', reason: '走查', shape: { type: 'Polygon', coordinates: [[[lon - d, lat - d], [lon + d, lat - d], [lon + d, lat + d], [lon - d, lat + d], [lon - d, lat - d]]] } })
    await until(async () => (await page.getByTestId('no-way').count()) || (await page.getByTestId('way').first().innerText()) !== first, 'the route does not follow the closure')
    await api.post(`/road-states/${closed.state.id ?? closed.state}/lift`, {})
    await until(async () => (await page.getByTestId('way').count()) && (await page.getByTestId('way').first().innerText()).split('\n')[0] === first.split('\n')[0], 'the route does not come back')
  }

  // Who is reached, one station more, and where the next would be best.
  await page.goto('/roads/coverage')
  await page.getByTestId('ring').first().waitFor({ timeout: 30_000 })
  const rings = await page.getByTestId('ring').count()
  check(rings === facts.circles.find((c) => c.id === 'fire_rescue').minutes.length, `${rings} rings`)
  await page.getByTestId('view-stations').click()
  await page.getByTestId('station-add').click()
  const at = await middle(page)
  await page.mouse.click(at.x, at.y)
  await page.getByTestId('compare').waitFor()
  await page.getByTestId('people-more').waitFor({ timeout: 30_000 })
  await page.keyboard.press('Escape')
  await page.getByTestId('trial-reset').click()
  await until(async () => (await page.getByTestId('compare').count()) === 0, 'the trial is not taken back')
  await page.getByTestId('view-sites').click()
  await page.getByTestId('sites-count').fill('3')
  await page.getByTestId('sites-find').click()
  await until(async () => (await page.getByTestId('site').count()) + (await page.getByTestId('sites').getByText('再加站点').count()), 'no sites and no word of it', 60_000)
  const sites = await page.getByTestId('site').count()
  check(sites <= 3, `${sites} sites for 3`)

  // From a record one press leads to the teams near it; one more sends them.
  const goal = teams.at(-1)
  await page.goto(`/records/rescue_team?record=${goal.id}`)
  await page.getByTestId('to-teams').click()
  await page.getByTestId('teams-tab').waitFor()
  check((await page.locator('#teams-at').inputValue()) === goal.name, 'the place is not the record')
  await page.getByTestId('need-teams').first().fill('1')
  await page.getByTestId('teams-find').click()
  await page.getByTestId('team').first().waitFor()
  const known = new Set((await api.get('/missions')).items.map((m) => m.id))
  await page.getByTestId('task').fill('走查')
  await page.getByTestId('teams-send').click()
  const mission = await until(async () => (await api.get('/missions')).items.find((m) => !known.has(m.id)), 'no mission on the node')
  const card = page.getByTestId('strip').getByTestId('mission').filter({ hasText: mission.name }).first()
  await card.waitFor()
  await card.getByTestId('mission-arrived').click()
  await until(async () => (await api.get('/missions')).items.find((m) => m.id === mission.id)?.step === 'arrived', 'it has not arrived on the node')
  await card.getByTestId('mission-done').click()
  await until(async () => !(await api.get('/missions')).items.some((m) => m.id === mission.id), 'it is not done on the node')

  // A hospital is told.
  await page.goto(`/dispatch/hospitals?at=${goal.lon},${goal.lat},${goal.id},${encodeURIComponent(goal.name)}`)
  await page.getByTestId('hospital').first().waitFor()
  const told = (await api.get('/hospitals/notices')).items.length
  await page.getByTestId('notify').first().click()
  await page.getByTestId('injured').fill('4')
  check((await page.getByTestId('notify-text').inputValue()).includes('4'), 'the text does not follow the number')
  await page.getByTestId('confirm').click()
  await until(async () => (await api.get('/hospitals/notices')).items.length === told + 1, 'the hospital is not told on the node')

  // Goods within two seconds; what is proposed is accepted and withdrawn.
  await page.goto('/dispatch/relief')
  await page.locator('#demand-0').fill(goal.place_name.slice(0, 4))
  await page.locator('#demand-0').press('End')
  await page.locator('ul[role=listbox] [role=option]').first().click()
  await page.getByTestId('good').first().selectOption(facts.goods[0].id)
  await page.getByTestId('amount').first().fill('50')
  await page.getByTestId('seconds').fill('2')
  await page.getByTestId('relief-start').click()
  await page.getByTestId('plan').waitFor({ timeout: 20_000 })
  const gap = (await page.getByTestId('gap').innerText()).trim()
  await page.getByTestId('relief-accept').click()
  await page.getByTestId('plan-withdraw').waitFor()
  const plan = (await api.get('/relief-plans')).items[0]
  await page.getByTestId('plan-withdraw').click()
  await page.getByTestId('confirm').click()
  await until(async () => (await api.get(`/relief-plans/${plan.id}`)).withdrawn_at, 'the plan is not withdrawn on the node')

  // Whoever only looks is not offered to close or send.
  if (accounts.viewer) {
    const other = await browser.page({ label: 'viewer ' })
    await signIn(other, accounts.viewer, '/roads/states')
    await other.getByTestId('roads').waitFor()
    check((await other.getByTestId('state-new').count()) === 0, 'a viewer is offered to close roads')
  }
  say(`${facts.loaded ? 'by roads' : 'by distance'}; ${sites} sites; ${gap}`)
}

/** Two points well inside the network. */
function inside([w, s, e, n]) {
  const at = (x, y) => ({ lon: Number((w + (e - w) * x).toFixed(5)), lat: Number((s + (n - s) * y).toFixed(5)) })
  return [at(0.35, 0.45), at(0.65, 0.5)]
}
