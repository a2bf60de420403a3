/** A table of people with a mistake: the row is named, nothing is half imported; the corrected table goes in. */
import { check, until } from '../browser.mjs'
import { signIn } from '../desk.mjs'
import { NodeApi } from '../node_api.mjs'

/** Two new grid workers of one village; `wrong` spoils the place of the second, which is line 3 of the file. */
function table(village, stamp, wrong) {
  const row = (i, place) => [`试行${'甲乙'[i]}${stamp}`, `1390000${stamp}${i}`, '网格员', place, '导入试行'].join(',')
  const lines = ['姓名,手机,岗位类别,行政区划,备注', row(0, village), row(1, wrong ? '999999999999' : village)]
  return `\ufeff${lines.join('\r\n')}\r\n`
}

async function someVillage(api, place) {
  const towns = (await api.get(`/places/${place}/children`)).items
  const villages = (await api.get(`/places/${towns[0].code}/children`)).items
  check(villages.length, `${towns[0].name} has no villages`)
  return villages[0].code
}

export default async function ({ browser, base, accounts, say }) {
  browser.allow(/status of 422/)
  const api = await NodeApi.signIn(base, accounts.registrar)
  const { node } = await api.get('/session')
  const village = await someVillage(api, node.place)
  const stamp = String(Date.now() % 1000).padStart(3, '0')
  const people = async (name) => (await api.get(`/people?q=${encodeURIComponent(name)}&limit=5`)).total

  const page = await browser.page({ label: 'registrar ' })
  await signIn(page, accounts.registrar, '/people/import')
  const file = page.getByTestId('import-file')
  const give = (wrong) => file.setInputFiles({ name: wrong ? '名单.csv' : '名单-改.csv', mimeType: 'text/csv', buffer: Buffer.from(table(village, stamp, wrong)) })

  await give(true)
  const fault = page.getByTestId('import-fault').first()
  await fault.waitFor()
  const sentence = (await fault.innerText()).replace(/\s+/g, ' ')
  check(/\b3\b/.test(sentence), `the fault does not name line 3: “${sentence}”`)
  check(await page.getByTestId('import-go').isDisabled().catch(() => true), 'a table with a fault can be imported')
  check((await people(`试行甲${stamp}`)) === 0, 'the good row of a faulty table was imported')

  await page.getByTestId('import-restart').click()
  await give(false)
  await until(async () => page.getByTestId('import-go').isEnabled(), 'the corrected table cannot be imported')
  check((await people(`试行甲${stamp}`)) === 0, 'looking at a table imported it')
  await page.getByTestId('import-go').click()
  await until(async () => (await people(`试行甲${stamp}`)) === 1 && (await people(`试行乙${stamp}`)) === 1, 'the corrected table was not imported')
  say(`“${sentence.slice(0, 60)}”`)
}
