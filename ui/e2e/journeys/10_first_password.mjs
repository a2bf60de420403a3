/** Whoever got the password from somebody else sees nothing but the change of it, on the desk and on the phone. */
import { check, until } from '../browser.mjs'
import { NodeApi } from '../node_api.mjs'

export default async function ({ browser, base, accounts, say }) {
  browser.allow(/status of 4(01|22)/)
  const admin = await NodeApi.signIn(base, accounts.admin)
  const { node } = await admin.get('/session')
  const make = async (account) => {
    await admin.post('/accounts', { account, password: 'given-by-admin-1', name: '新来的值班员', roles: [{ role: 'duty', place: node.place }] })
    return { account, password: 'given-by-admin-1' }
  }
  const stamp = Date.now().toString(36)

  const given = await make(`fresh-${stamp}`)
  const page = await browser.page({ label: 'newcomer ' })
  await page.goto('/')
  await page.getByTestId('account').fill(given.account)
  await page.getByTestId('password').fill(given.password)
  await page.getByTestId('sign-in').click()
  await page.getByTestId('must-change').waitFor()
  await page.goto('/people/list')
  await page.getByTestId('must-change').waitFor()
  check((await page.getByTestId('desk').count()) === 0, 'the desk is open before the password is changed')

  const fill = async (old, fresh, again) => {
    await page.getByTestId('password-old').fill(old)
    await page.getByTestId('password-new').fill(fresh)
    await page.getByTestId('password-again').fill(again)
    await page.getByTestId('password-save').click()
  }
  const fault = page.getByTestId('password-fault')
  await fill(given.password, 'short', 'short')
  check(/8/.test(await fault.innerText()), 'a short password is not refused')
  await fill(given.password, given.password, given.password)
  check(/不同/.test(await fault.innerText()), 'the old password again is not refused')
  await fill(given.password, 'rain-over-river', 'rain-over-rivers')
  check(/不一样/.test(await fault.innerText()), 'two different passwords are not refused')
  await fill('not-the-old-one', 'rain-over-river', 'rain-over-river')
  const sentence = await page.getByTestId('error').innerText()
  check(/原密码/.test(sentence), `a wrong old password is not named: “${sentence}”`)
  await fill(given.password, 'rain-over-river', 'rain-over-river')
  await page.getByTestId('desk').waitFor()
  await page.reload()
  await page.getByTestId('desk').waitFor()
  const old = await NodeApi.signIn(base, given).then(() => 'works', () => 'refused')
  check(old === 'refused', 'the given password still works')
  await NodeApi.signIn(base, { account: given.account, password: 'rain-over-river' })

  const other = await make(`fresher-${stamp}`)
  const phone = await browser.page({ width: 360, height: 640, phone: true, label: 'phone ' })
  await phone.goto('/m')
  await phone.getByTestId('account').fill(other.account)
  await phone.getByTestId('password').fill(other.password)
  await phone.getByTestId('sign-in').click()
  await phone.getByTestId('must-change').waitFor()
  check((await phone.getByTestId('no-calls').count()) === 0, 'the phone shows calls before the password is changed')
  await phone.getByTestId('password-old').fill(other.password)
  await phone.getByTestId('password-new').fill('short')
  await phone.getByTestId('password-save').click()
  await phone.getByTestId('password-fault').waitFor()
  await phone.getByTestId('password-new').fill('wide-river-7')
  await phone.getByTestId('password-save').click()
  await phone.getByTestId('no-calls').waitFor()
  await until(() => NodeApi.signIn(base, { account: other.account, password: 'wide-river-7' }), 'the password chosen on the phone does not work')
  say('desk and phone')
}
