/** The administrator adds an account that can sign in; a CAP file dropped anywhere on the page becomes a draft. */
import { check, until } from '../browser.mjs'
import { choosePassword, signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

function cap([west, south, east, north], stamp) {
  const x = (west + east) / 2
  const y = (south + north) / 2
  const ring = [[y - 0.04, x - 0.05], [y - 0.04, x + 0.05], [y + 0.04, x + 0.05], [y + 0.04, x - 0.05], [y - 0.04, x - 0.05]]
  const time = (ms) => new Date(ms + 8 * 3_600_000).toISOString().slice(0, 19) + '+08:00'
  return `<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>journey-${stamp}</identifier><sender>weather@example.cn</sender><sent>${time(stamp)}</sent>
  <status>Actual</status><msgType>Alert</msgType><scope>Public</scope>
  <info>
    <language>zh-CN</language><category>Met</category><event>暴雨</event>
    <urgency>Immediate</urgency><severity>Severe</severity><certainty>Likely</certainty>
    <effective>${time(stamp)}</effective><expires>${time(stamp + 6 * 3_600_000)}</expires>
    <senderName>县气象台</senderName><headline>县气象台发布暴雨橙色预警信号 ${stamp}</headline>
    <description>预计未来三小时降雨量将达五十毫米以上。</description><instruction>请转移危险地带人员。</instruction>
    <area><areaDesc>试行区域</areaDesc><polygon>${ring.map((p) => p.map((v) => v.toFixed(4)).join(',')).join(' ')}</polygon></area>
  </info>
</alert>`
}

async function drop(page, name, text) {
  const data = await page.evaluateHandle(
    ([file, content]) => {
      const transfer = new DataTransfer()
      transfer.items.add(new File([content], file, { type: 'application/xml' }))
      return transfer
    },
    [name, text],
  )
  for (const kind of ['dragenter', 'dragover', 'drop']) await page.getByTestId('desk').dispatchEvent(kind, { dataTransfer: data })
}

export default async function ({ browser, base, accounts, say }) {
  const stamp = Date.now()
  const page = await browser.page({ label: 'administrator ' })
  await signIn(page, accounts.admin, '/settings/accounts')
  const account = { account: `zhiban${stamp % 100000}`, password: 'river-and-rain-8' }
  await page.getByTestId('account-add').click()
  await page.getByTestId('account-account').fill(account.account)
  await page.getByTestId('account-name').fill('试行值班员')
  await page.getByTestId('account-password').fill(account.password)
  const role = page.getByTestId('account-role').first()
  if (await role.count()) await role.selectOption('duty')
  await page.getByTestId('account-save').click()
  let made = await until(() => NodeApi.signIn(base, account), 'the new account cannot sign in')
  const { roles } = await made.get('/session')
  check(roles.some((r) => r.role === 'duty'), `the new account has roles ${JSON.stringify(roles)}`)

  // Whoever may draft may drop a file; an administrator without that role asks the duty officer just made.
  const admin = await NodeApi.signIn(base, accounts.admin)
  const own = (await admin.get('/session')).roles.some((r) => r.role === 'duty')
  const desk = own ? page : await browser.page({ label: 'new duty officer ' })
  if (!own) made = await NodeApi.signIn(base, { account: account.account, password: await choosePassword(desk, account) }) // the change ends every other session
  const { bounds } = await made.get('/map')
  await drop(desk, '暴雨橙色.xml', cap(bounds, stamp))
  await desk.waitForURL(/\/warnings\/\d+/)
  const id = Number(/warnings\/(\d+)/.exec(desk.url())[1])
  const warning = await made.get(`/warnings/${id}`)
  check(warning.state === 'draft' && warning.source === 'cap', `the file became ${warning.state} from ${warning.source}`)
  check(warning.level === 'orange' && warning.headline.includes(String(stamp)), `level ${warning.level}, headline ${warning.headline}`)
  await desk.getByTestId('preview-people').waitFor()
  const closing = await fetch(`${base}/api/v1/warnings/${id}`, { method: 'DELETE', headers: { Cookie: made.cookie, 'Idempotency-Key': `journey-${stamp}` } })
  check(closing.status === 204, `the draft cannot be discarded: ${closing.status}`)
  say(own ? 'account added, CAP file dropped by the administrator' : 'account added, CAP file dropped by the new duty officer')
}
