/**
 * Browser journeys, one per role, against a running node with demo data:
 *   node ui/e2e/run.mjs --base http://127.0.0.1:8080 [--only NAME[,NAME]] [--screenshots DIR] [--accounts FILE] [--show]
 * Prints one line per journey and ends with `N passed, N failed`; the exit code is 1 when one failed.
 * --accounts names a JSON file {"duty": {"account", "password"}, "approver": …, "registrar": …, "admin": …}; without it the
 * demo accounts are taken from what the node offers on its sign-in page. A failed journey leaves failed-NAME.png beside
 * other pictures in the temporary folder. With --screenshots the pictures of README.md are written into DIR.
 */
import { mkdir, readdir, readFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Browser } from './browser.mjs'
import { demoAccounts } from './node_api.mjs'

const { values: options } = parseArgs({
  options: {
    base: { type: 'string', default: 'http://127.0.0.1:8080' },
    only: { type: 'string' },
    screenshots: { type: 'string' },
    accounts: { type: 'string' },
    timeout: { type: 'string', default: '300' },
    show: { type: 'boolean', default: false },
  },
})

const folder = new URL('./journeys/', import.meta.url)
const files = (await readdir(folder)).filter((f) => f.endsWith('.mjs')).sort((a, b) => parseInt(a) - parseInt(b))
const wanted = options.only?.split(',')
const base = options.base.replace(/\/$/, '')
const accounts = options.accounts ? JSON.parse(await readFile(options.accounts, 'utf8')) : await demoAccounts(base)
const pictures = join(tmpdir(), 'anlan-journeys')
await mkdir(pictures, { recursive: true })
if (options.screenshots) await mkdir(options.screenshots, { recursive: true })

const browser = await Browser.start({ base, show: options.show })
let passed = 0
let failed = 0
for (const file of files) {
  const journey = await import(new URL(file, folder))
  const name = file.replace(/^\d+_|\.mjs$/g, '')
  if (wanted && !wanted.some((w) => name.includes(w))) continue
  const from = Date.now()
  const said = []
  const world = { browser, base, accounts, pictures, documents: options.screenshots, say: (text) => said.push(text) }
  let timer
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done after ${options.timeout} s`)), Number(options.timeout) * 1000)
    })
    await Promise.race([journey.default(world), late])
    browser.assertQuiet()
    passed += 1
    console.log(`ok      ${name}  ${((Date.now() - from) / 1000).toFixed(1)} s${said.length ? `  ${said.join('; ')}` : ''}`)
  } catch (error) {
    failed += 1
    console.log(`FAILED  ${name}  ${error.message.split('\n').slice(0, 6).join('\n        ')}`)
    const where = (error.stack ?? '').split('\n').find((line) => line.includes('/journeys/'))
    if (where) console.log(`        ${where.trim()}`)
    const pictured = await browser.picture(join(pictures, `failed-${name}`)).catch(() => [])
    if (pictured.length) console.log(`        see ${pictured.join(' ')}`)
  }
  clearTimeout(timer)
  await browser.closePages()
}
await browser.stop()
console.log(`${passed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
