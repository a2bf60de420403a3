/**
 * The author of rules: an administrator copies a rule, changes a threshold in the form and sees the text follow, writes
 * into the text and sees the form follow, is told of a fault, tries the rule over history, switches it on, finds it in the
 * list, switches it off, takes that back, and removes it. The chains are drawn.
 */
import { check, until } from '../browser.mjs'
import { number, signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.admin)
  const before = await api.get('/rules')
  const model = before.items.find((r) => r.links > 0 && r.on !== false) ?? before.items[0]
  const id = `${model.id}_journey`
  const known = async () => (await api.get('/rules')).items.find((r) => r.id === id)
  if (await known()) await api.ask('DELETE', `/rules/${id}`)

  const page = await browser.page({ label: 'author ' })
  await signIn(page, accounts.admin, '/signals/rules')
  await page.getByTestId('rule-new').click()
  await page.locator(`[data-testid=rule-model][data-id="${model.id}"]`).click()
  const editor = page.getByTestId('rule-editor')
  await editor.waitFor()
  await page.getByTestId('rule-id').fill(id)
  await page.getByTestId('rule-zh').fill('试写的规则')
  await page.getByTestId('rule-en').fill('Rule on trial')
  const first = editor.getByTestId('when').first()
  const condition = (await first.inputValue()).replace(/(>=|>|<=|<) *(limit\.\w+|[\d.]+)/, '$1 43.5')
  await first.fill(condition)
  check(condition.includes('43.5'), `no threshold in “${condition}”`)
  await page.getByTestId('rule-margin').fill('')
  await page.getByTestId('rule-margin').pressSequentially('0.25', { delay: 250 })

  await page.getByTestId('tab-yaml').click()
  const text = page.getByTestId('yaml')
  const yaml = await text.inputValue()
  check(yaml.includes(`id: ${id}`) && yaml.includes(condition) && yaml.includes('margin: 0.25'), 'the text does not follow the form')
  await text.fill(yaml.replace(condition, 'sum(3h'))
  await page.getByTestId('yaml-fault').first().waitFor()
  check(await page.getByTestId('rule-save').isDisabled(), 'a rule with a fault can be saved')
  await text.fill(yaml.replace('试写的规则', '再写的规则'))
  await page.getByTestId('tab-form').click()
  await until(async () => (await page.getByTestId('rule-zh').inputValue()) === '再写的规则', 'the form does not follow the text')
  await until(async () => (await page.getByTestId('rule-check').getAttribute('data-ok')) === 'true', 'the rule is not found to be in order')

  await editor.getByTestId('run').click()
  await page.getByTestId('backtest-result').waitFor({ timeout: 60_000 })
  const alarms = await number(page.getByTestId('backtest-total'))

  await page.getByTestId('rule-save').click()
  const watches = await number(page.getByTestId('rule-watches'))
  check(watches === model.links, `the confirmation speaks of ${watches} links, the node of ${model.links}`)
  await page.getByTestId('confirm').click()
  const one = page.locator(`[data-testid=rule][data-id="${id}"]`)
  await one.waitFor()
  const kept = await until(known, 'the node does not have the rule')
  check(kept.on && kept.steps[0].when === condition, `the node has “${kept.steps[0].when}”, switched ${kept.on ? 'on' : 'off'}`)

  await page.getByTestId('rule-search').fill('再写')
  await until(async () => (await page.getByTestId('rule').count()) === 1, 'the search does not find it alone')
  const turn = page.getByTestId('rule-switch')
  await turn.click()
  await page.getByTestId('confirm').click()
  await until(async () => (await one.getAttribute('data-on')) === 'false', 'it does not show as switched off')
  check((await known()).on === false, 'the node still has it on')
  await page.locator('.notes button').last().click()
  await until(async () => (await one.getAttribute('data-on')) === 'true', 'switching off cannot be undone')
  await page.getByTestId('rule-back').click()
  await page.getByTestId('confirm').click()
  await until(async () => !(await known()), 'it is not removed')

  await page.getByTestId('rule-search').fill('')
  await page.getByTestId('show-chains').click()
  const chains = (await api.get('/rules')).chains ?? []
  await until(async () => (await page.getByTestId('chain-box').count()) >= chains.length, 'not every chain is drawn')

  // Whoever may not write rules is not offered to.
  const other = await browser.page({ label: 'duty ' })
  await signIn(other, accounts.duty, '/signals/rules')
  await other.getByTestId('rule-page').waitFor()
  check((await other.getByTestId('rule-edit').count()) + (await other.getByTestId('rule-new').count()) === 0, 'the duty officer is offered to write rules')
  say(`${alarms} alarms in the trial, ${watches} links, ${chains.length} chains drawn`)
}
