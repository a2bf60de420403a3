/**
 * From a drawn area to the record: the duty officer drafts and submits, the approver approves, the board fills live on a
 * screen nobody touches, the silent are found and called again, the record is downloaded.
 */
import { readFile } from 'node:fs/promises'
import { check, presses, until } from '../browser.mjs'
import { drawPolygon, number, signIn } from '../desk.mjs'
import { lift, NodeApi } from '../node_api.mjs'

const kToFirstWarning = 8
const kToCallAgain = 2

export default async function ({ browser, base, accounts, say }) {
  const api = await NodeApi.signIn(base, accounts.duty)
  await api.post('/demo', { answering: 0.7, dead: 0 }).catch(() => undefined)

  const duty = await browser.page({ label: 'duty ' })
  await signIn(duty, accounts.duty)
  await presses(duty)
  await duty.getByTestId('new-warning').click()
  await duty.getByTestId('level-orange').click()
  await drawPolygon(duty, 0.3, 4)
  await duty.getByTestId('area').waitFor()
  const people = await number(duty.getByTestId('preview-people'))
  check(people > 0, 'the preview finds nobody to call')
  await duty.getByTestId('submit').click()
  await duty.getByTestId('confirm').click()
  const state = duty.getByTestId('warning-state')
  await until(async () => (await state.getAttribute('data-state')) === 'pending', 'the orange warning does not wait for approval')
  const clicks = await presses(duty)
  check(clicks <= kToFirstWarning, `${clicks} clicks to the first warning, at most ${kToFirstWarning}`)
  const id = Number(/warnings\/(\d+)/.exec(duty.url())[1])

  const approver = await browser.page({ label: 'approver ' })
  await signIn(approver, accounts.approver)
  await approver.locator(`[data-testid=queue-item][href$="/warnings/${id}"]`).click()
  await approver.getByTestId('approve').click()
  await approver.getByTestId('confirm').click()

  // The duty officer's screen turns into the board and fills without a touch.
  const answered = duty.getByTestId('board-answered')
  await answered.waitFor()
  const due = await number(duty.getByTestId('board-due'))
  check(due > 0, 'nobody is due on the board')
  const first = await number(answered)
  await until(async () => (await number(answered)) > first, 'no answer arrives on the open board', 90_000)
  check((await presses(duty)) === 0, 'the board needed a press')

  // The place with most silent is on top; its silent are listed with their buttons.
  const round = (await api.get(`/warnings/${id}`)).round
  await api.post('/demo', { answering: 0 }).catch(() => undefined)
  await duty.getByTestId('place-silent').first().hover() // the pointer holds the list still
  await duty.getByTestId('place-silent').first().click()
  const again = duty.locator('[data-testid=call-again]:enabled').first()
  await again.waitFor({ timeout: 90_000 }) // until somebody's phone does not ring at this moment
  await again.hover()
  await again.click()
  const again_clicks = await presses(duty)
  check(again_clicks <= kToCallAgain, `${again_clicks} clicks to call again, at most ${kToCallAgain}`)
  await until(async () => {
    const { items } = await api.get(`/journal?subject=round/${round}&limit=50`).catch(() => ({ items: [] }))
    const calls = await api.get(`/rounds/${round}/calls?group=all&limit=500`)
    return items.some((f) => /again/.test(f.kind)) || calls.items.some((c) => c.attempts.length > 1)
  }, 'calling again left no trace')

  // Before a lower level is sent it says whom it would no longer call; nothing is sent here.
  await duty.getByTestId('change-level').click()
  await duty.locator('dialog').getByTestId('level-yellow').click()
  const stay = await number(duty.getByTestId('effect-people'))
  const leave = await number(duty.getByTestId('effect-leaves'))
  check(stay + leave > 0 && leave > 0, `a lower level would call ${stay} and leave ${leave}`)
  await duty.keyboard.press('Escape')
  await duty.getByTestId('cancel-warning').click()
  await duty.getByTestId('effect').waitFor()
  await duty.keyboard.press('Escape')
  check((await api.get(`/warnings/${id}`)).level === 'orange', 'looking at a change made it')

  await duty.getByTestId('record').locator('button').first().click()
  const [csv] = await Promise.all([duty.waitForEvent('download'), duty.getByTestId('record-csv').click()])
  const text = await readFile(await csv.path(), 'utf8')
  check(text.split('\n').length > due, `the record has fewer lines than people called: ${text.split('\n').length} of ${due}`)
  for (const [kind, magic] of [['pdf', '%PDF-'], ['xlsx', 'PK']]) {
    const reply = await duty.context().request.get(`/api/v1/rounds/${round}/record.${kind}`)
    const body = await reply.body()
    check(reply.ok() && body.subarray(0, magic.length).toString() === magic, `the ${kind} record is not ${kind}: ${reply.status()}`)
  }
  await lift(base, accounts, id)
  say(`${clicks} clicks to submit, ${again_clicks} to call again, ${people} people`)
}
