/** The slider under a board and under the situation shows what was known at a moment, by name, and lets nothing be done there. */
import { check, until } from '../browser.mjs'
import { number, signIn } from '../desk.mjs'
import { busiestTowns, lift, NodeApi, warn } from '../node_api.mjs'

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.duty)
  await api.post('/demo', { answering: 0, dead: 0 }).catch(() => undefined)
  const { warning, round } = await warn(base, accounts, { level: 'orange', places: await busiestTowns(api, 2) })
  const answered = async (at) => (await api.get(`/rounds/${round}/board${at ? `?at=${at}` : ''}`)).totals.answered
  // Nobody answers by himself here: the duty officer writes four answers down, and three more after the moment looked at.
  const { items } = await until(async () => { const c = await api.get(`/rounds/${round}/calls?group=silent&limit=50`); return c.items.length >= 7 && c }, 'too few are called')
  const silent = items.filter((c) => c.person)
  const write = (calls) => Promise.all(calls.map((c) => api.post(`/rounds/${round}/calls/${c.seq}/answer`, { meaning: 'received' })))
  await write(silent.slice(0, 4))
  await new Promise((done) => setTimeout(done, 1100))
  const moment = (await api.get('/session')).node.now
  await new Promise((done) => setTimeout(done, 1100))
  await write(silent.slice(4, 7))
  const then = await answered(moment)
  check(then === 4, `the node knows of ${then} answers at the moment, 4 were written down`)

  const page = await browser.page({ label: 'duty ' })
  await signIn(page, accounts.duty, `/warnings/${warning.id}`)
  const shown = page.getByTestId('board-answered')
  await until(async () => (await number(shown)) > then, 'the board does not show the present')

  // To the beginning by keyboard: nobody had answered, and nothing can be done.
  await page.getByTestId('replay-track').focus()
  await page.keyboard.press('Home')
  await until(async () => (await number(shown)) === 0, 'the beginning of the round shows answers')
  check(/回看/.test(await page.getByTestId('replay-said').innerText()), 'the slider does not say that one looks back')
  for (const id of ['change-level', 'cancel-warning', 'call-again', 'call-pick']) check((await page.getByTestId(id).count()) === 0, `${id} can be pressed while looking back`)

  // A link to a moment: the same figure as the node's, and the names of that moment.
  await page.goto(`/warnings/${warning.id}?at=${moment}`)
  await until(async () => (await number(shown)) === then, `at ${moment} the board does not show the ${then} who had answered`)
  await page.getByTestId('group-answered').click()
  await until(async () => (await page.getByTestId('call').count()) === Math.min(then, 50), 'the names of that moment do not match its figure')

  await page.getByTestId('replay-now').click()
  await until(async () => (await number(shown)) > then, 'the way back to now does not lead there')
  check(!/[?&]at=/.test(page.url()), 'the address still names a moment')

  // The situation before the warning was issued does not know it; now it does.
  const issued = (await api.get(`/warnings/${warning.id}`)).issued_at
  const link = page.getByTestId('overview').locator(`a[href^="/warnings/${warning.id}"]`)
  await page.goto('/situation')
  await link.waitFor()
  await page.goto(`/situation?at=${issued - 1000}`)
  await until(async () => /回看/.test(await page.getByTestId('replay-said').innerText()) && (await link.count()) === 0, 'before its issue the warning is in force')
  await lift(base, accounts, warning.id)
  say(`${then} answers at the moment looked at`)
}
