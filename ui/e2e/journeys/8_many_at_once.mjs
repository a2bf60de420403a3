/** Several silent people are ticked and called together; a figure opens its names, which leave as a table. */
import { readFile } from 'node:fs/promises'
import { check, until } from '../browser.mjs'
import { number, signIn } from '../desk.mjs'
import { busiestTowns, lift, NodeApi, warn } from '../node_api.mjs'

const kTicked = 3

export default async function ({ browser, base, accounts, say }) {
  browser.allow(/status of 409/) // a deputy who cannot be called is refused, and named
  const api = await NodeApi.signIn(base, accounts.duty)
  await api.post('/demo', { answering: 0, dead: 0 }).catch(() => undefined)
  const { warning, round } = await warn(base, accounts, { level: 'orange', places: await busiestTowns(api, 1) })
  await until(async () => (await api.get(`/rounds/${round}/board`)).totals.called > kTicked, 'nobody is called', 60_000)

  const page = await browser.page({ label: 'duty ' })
  await signIn(page, accounts.duty, `/warnings/${warning.id}`)
  const row = page.locator('[data-testid=call]:has([data-testid=call-again]:enabled)')
  // Nobody is called again whose phone rings at this moment.
  await until(async () => (await row.count()) >= kTicked, 'nobody waits between two calls', 90_000)
  await row.first().hover()
  const seqs = []
  for (let i = 0; i < kTicked; i++) {
    seqs.push(await row.nth(i).getAttribute('data-seq'))
    await page.locator(`[data-seq="${seqs[i]}"] [data-testid=call-pick]`).check()
  }
  check((await number(page.getByTestId('bulk-bar'))) === kTicked, 'the bar does not count what is ticked')
  await page.getByTestId('bulk-again').click()
  const asked = new Map()
  page.on('response', (reply) => {
    const again = /\/calls\/(\d+)\/again$/.exec(reply.url())
    if (again && reply.ok()) asked.set(again[1], reply.request().headers()['idempotency-key'])
  })
  await page.getByTestId('bulk-go').click()
  await until(() => seqs.every((seq) => asked.has(seq)), 'not everybody ticked was called again')
  check(asked.size === kTicked && new Set(asked.values()).size === kTicked, `the node was asked for ${[...asked.keys()]} with ${new Set(asked.values()).size} keys`)
  await until(async () => (await page.getByTestId('bulk-bar').count()) === 0, 'what was called stays ticked')

  // Deputies: those without one are named and left out.
  await page.getByTestId('call-pick-all').check()
  await until(async () => (await number(page.getByTestId('bulk-bar'))) > kTicked, 'not everybody is ticked')
  await page.getByTestId('bulk-deputy').click()
  const offered = await number(page.getByTestId('bulk-go'))
  await page.getByTestId('bulk-go').click()
  await until(async () => (await page.getByTestId('bulk-call').count()) === 0 || (await page.getByTestId('bulk-call').getByRole('alert').count()) > 0, 'calling the deputies does not end')
  const deputies = (await api.get(`/rounds/${round}/calls?group=all&limit=500`)).items.filter((c) => c.kind === 'deputy').length
  check(deputies > 0, `${offered} deputies were offered, none is called`)
  await page.keyboard.press('Escape')

  // The figure of the silent opens their names; the table can be taken away.
  await page.getByTestId('figure-silent').click()
  const silent = await until(async () => number(page.getByTestId('call-names').locator('.hint').first()), 'the names behind the figure do not open')
  const [csv] = await Promise.all([page.waitForEvent('download'), page.getByTestId('names-export').click()])
  const lines = (await readFile(await csv.path(), 'utf8')).trim().split('\n').length
  check(lines === silent + 1, `${silent} names give a table of ${lines} lines`)
  await page.getByTestId('call-names').getByTestId('pick').nth(1).check()
  await page.getByTestId('call-names').getByTestId('bulk-bar').waitFor()
  await lift(base, accounts, warning.id)
  say(`${kTicked} called again at once, ${deputies} deputies, ${silent} names exported`)
}
