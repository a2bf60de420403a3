/** A registrar keeps a list as a named view, removes several records at once and takes that back. */
import { check, until } from '../browser.mjs'
import { number, signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.registrar)
  const { node } = await api.get('/session')
  const without = (await api.get(`/people?place=${node.place}&gap=no_phone&limit=1`)).total
  const all = (await api.get(`/people?place=${node.place}&limit=1`)).total
  const page = await browser.page({ label: 'registrar ' })
  await signIn(page, accounts.registrar, '/people/list')
  const total = page.locator('.bar .hint').first()
  const views = page.getByTestId('views')
  await until(async () => (await number(total)) === all, 'the list does not count everybody')

  await page.getByRole('button', { name: '没有号码' }).click()
  await until(async () => (await number(total)) === without, 'the filter does not count those without a number')
  await views.locator('> button').click()
  await page.getByTestId('view-name').fill('没号码的人')
  await page.getByTestId('view-save').click()

  await page.goto('/people/list')
  await until(async () => (await number(total)) === all, 'without its filter the list is not whole again')
  await views.locator('> button').click()
  await page.getByTestId('view').filter({ hasText: '没号码的人' }).click()
  await until(async () => (await number(total)) === without && /gap=no_phone/.test(page.url()), 'the view does not bring its filter back')

  // Thrown away, and taken back.
  await views.locator('> button').click()
  await views.getByRole('button', { name: '删除视图 没号码的人' }).click()
  check((await page.getByTestId('view').count()) === 0, 'the view is still there')
  await page.getByRole('button', { name: '撤销' }).click()
  await page.reload()
  await views.locator('> button').click()
  await page.getByTestId('view').filter({ hasText: '没号码的人' }).waitFor()
  await page.keyboard.press('Escape')

  // Several records at once.
  const type = 'reservoir'
  const count = async () => (await api.get(`/records/${type}?place=${node.place}&limit=1`)).total
  const before = await count()
  check(before >= 2, `${before} ${type} are too few to remove two`)
  await page.goto(`/records/${type}`)
  await page.getByTestId('pick').nth(0).check()
  await page.getByTestId('pick').nth(1).check()
  await page.getByTestId('bulk-remove').click()
  await page.getByTestId('confirm').click()
  await until(async () => (await count()) === before - 2, 'two ticked records are not removed')
  await page.getByRole('button', { name: '撤销' }).click()
  await until(async () => (await count()) === before, 'taking back did not restore them')
  say(`${without} of ${all} people in the view; 2 records removed and restored`)
}
