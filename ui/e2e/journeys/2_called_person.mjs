/** A called person opens the link on a small phone, answers without a network, and the board shows it once it is back. */
import { check, overflow, until } from '../browser.mjs'
import { signIn } from '../desk.mjs'
import { lift, NodeApi, warn } from '../node_api.mjs'

/** The link of somebody who has not answered: an account bound to that person sees the asks with their tokens. */
async function linkOf(base, accounts, round) {
  const admin = await NodeApi.signIn(base, accounts.admin)
  const { node } = await admin.get('/session')
  const { items } = await until(
    async () => {
      const calls = await admin.get(`/rounds/${round}/calls?group=silent&limit=50`)
      return calls.items.some((c) => c.person) && calls
    },
    'nobody is silent in the round',
  )
  const call = items.find((c) => c.person && c.state !== 'vacant')
  const account = `called-${Date.now().toString(36)}`
  await admin.post('/accounts', { account, password: 'rain-and-river-7', name: call.person.name, person: call.person.id, roles: [{ role: 'viewer', place: node.place }] })
  const person = await NodeApi.firstSignIn(base, { account, password: 'rain-and-river-7' }, 'my-own-river-9')
  const asks = await person.get('/my/calls')
  // Other rounds may ask the same person; this one is the red one that is not over.
  const ask = asks.items.find((a) => a.state === 'open' && a.warning.level === 'red')
  check(ask, 'the signed-in person has no asks')
  return { token: ask.token, call, account: { account, password: 'my-own-river-9' } }
}

export default async function ({ browser, base, accounts, pictures, say }) {
  const duty = await NodeApi.signIn(base, accounts.duty)
  await duty.post('/demo', { answering: 0, dead: 0 }).catch(() => undefined)
  const { round, warning } = await warn(base, accounts, { level: 'red' })
  check(round, 'the approved warning has no round')
  const { token, call, account } = await linkOf(base, accounts, round)

  const desk = await browser.page({ label: 'desk ' })
  await signIn(desk, accounts.duty, `/warnings/${warning.id}`)
  await desk.getByTestId('board-answered').first().waitFor()

  browser.allow(/ERR_INTERNET_DISCONNECTED/)
  const phone = await browser.page({ width: 360, height: 640, phone: true, label: 'phone ' })
  await phone.goto(`/a/${token}`)
  const going = phone.getByTestId('answer-received')
  const moved = phone.getByTestId('answer-moved')
  const support = phone.getByTestId('answer-need_support')
  for (const button of [going, moved, support]) {
    await button.waitFor()
    const box = await button.boundingBox()
    check(box.height >= 68 && box.y >= 0 && box.y + box.height <= 640, `a big button is too small or hidden at 360×640: ${JSON.stringify(box)}`)
  }
  check(!(await overflow(phone)), await overflow(phone))

  // After one visit the link opens without a network, too.
  await until(() => phone.evaluate(async () => Boolean(await caches.match('/phone-shell'))), 'the page was not kept for opening offline')
  await phone.context().setOffline(true)
  await phone.reload()
  await moved.waitFor()
  await moved.click()
  await phone.getByTestId('key-4').click()
  await phone.getByTestId('key-3').click()
  await phone.getByTestId('number-send').click()
  await until(async () => /2/.test(await phone.getByTestId('link-banner').innerText()), 'the phone does not say that 2 answers wait')
  await phone.screenshot({ path: `${pictures}/phone-offline.png` })

  const held = await duty.get(`/rounds/${round}/calls/${call.seq}`)
  check(!held.answer, 'the node has an answer that was given without a network')

  await phone.context().setOffline(false)
  await until(async () => !(await phone.getByTestId('link-banner').isVisible()), 'the phone still says that answers wait')
  const kept = await until(async () => {
    const c = await duty.get(`/rounds/${round}/calls/${call.seq}`)
    return c.answer?.number === 43 && c
  }, 'the node does not hold the number moved')
  check(kept.answer.meaning === 'moved', `the node holds ${kept.answer.meaning}`)
  check(kept.answers.length === 2, `two answers were given, the node holds ${kept.answers.length}`)
  await until(async () => Number((await desk.getByTestId('board-answered').first().innerText()).replace(/\D+/g, ' ').trim().split(' ')[0]) >= 1, 'the open board does not show the answer')
  await phone.screenshot({ path: `${pictures}/phone-answered.png` })

  // A reload keeps what was answered; the wrong button can be taken back.
  await phone.reload()
  await phone.getByTestId('given').waitFor()
  await phone.getByTestId('answer-need_support').click()
  await phone.getByTestId('undo').click()
  await until(async () => (await duty.get(`/rounds/${round}/calls/${call.seq}`)).answer?.meaning === 'moved', 'taking back did not restore the answer before')

  // The same ask behind a sign-in.
  const signed = await browser.page({ width: 360, height: 780, phone: true, label: 'signed-in phone ' })
  await signed.goto('/m')
  await signed.getByTestId('account').fill(account.account)
  await signed.getByTestId('password').fill(account.password)
  await signed.getByTestId('sign-in').click()
  await signed.locator('[data-testid=call-card].band-red:not(.over)').click()
  await signed.getByTestId('given').waitFor()

  await lift(base, accounts, warning.id)
  await phone.reload()
  await phone.getByTestId('over').waitFor()
  say('answered offline, delivered, taken back, cancelled')
}
