/** Whoever drafted an orange warning cannot approve it, and is told so in a sentence. */
import { check, until } from '../browser.mjs'
import { drawPolygon, signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

export default async function ({ browser, base, accounts, say }) {
  browser.allow(/status of (403|409)/)
  const page = await browser.page({ label: 'approver ' })
  await signIn(page, accounts.approver, '/warnings/new')
  await page.getByTestId('level-orange').click()
  await drawPolygon(page, 0.2)
  await page.getByTestId('area').waitFor()
  await page.getByTestId('preview-people').waitFor()
  await page.getByTestId('submit').click()
  await page.getByTestId('confirm').click()
  const state = page.getByTestId('warning-state')
  await until(async () => (await state.getAttribute('data-state')) === 'pending', 'the orange warning does not wait for approval')

  const id = Number(/warnings\/(\d+)/.exec(page.url())?.[1])
  const approver = await NodeApi.signIn(base, accounts.approver)

  await page.getByTestId('approve').click()
  await page.getByTestId('confirm').click()
  const sentence = await page.getByTestId('error').first().innerText()
  check(/另一|不能批准/.test(sentence), `the sentence does not say that a second person is needed: “${sentence}”`)
  check((await approver.get(`/warnings/${id}`)).state === 'pending', 'the warning was approved by its drafter')

  const reply = await approver.post(`/warnings/${id}/approve`, {}).then(() => 'approved', (error) => error.message)
  check(/409/.test(reply), `the API let the drafter approve: ${reply}`)
  await approver.post(`/warnings/${id}/return`, { comment: '演练' }).catch(() => undefined)
  await approver.ask('DELETE', `/warnings/${id}`).catch(() => undefined)
  say(sentence.split('\n')[0])
}
