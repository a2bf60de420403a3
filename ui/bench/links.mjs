/**
 * 100,000 links on the map, measured in Chromium:
 *   node ui/bench/links.mjs [--links 100000] [--changed 5000] [--seconds 5] [--picture FILE]
 * Prints one JSON line: milliseconds to build the layer's columns, to take changed states (the least of five each), to find the link under the
 * pointer, and the spans between frames while the map moves. `card` names what drew: "SwiftShader" is a processor, not a
 * graphics card, so its frames say nothing about the 60 a second of a real one. Exit code 1 when building takes more than
 * 250 ms or the change more than 50 ms.
 */
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { chromium } from 'playwright-core'
import { createServer } from 'vite'

const kBuild_ms = 250
const kUpdate_ms = 50
const { values: asked } = parseArgs({ options: { links: { type: 'string', default: '100000' }, changed: { type: 'string', default: '5000' }, seconds: { type: 'string', default: '5' }, picture: { type: 'string' } } })
const kChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

const server = await createServer({ root: fileURLToPath(new URL('..', import.meta.url)), mode: 'test', logLevel: 'error', server: { port: 0, host: '127.0.0.1' } })
await server.listen()
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? kChromium.find(existsSync), args: ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-dev-shm-usage'] })
let failed = 0
try {
  const page = await browser.newPage({ viewport: { width: 1366, height: 768 } })
  page.on('pageerror', (error) => { failed = 1; console.error(error.message) })
  await page.goto(`http://127.0.0.1:${server.httpServer.address().port}/bench/links.html`)
  await page.waitForFunction(() => 'measure' in window, undefined, { timeout: 120_000 })
  const figures = await page.evaluate(([links, changed, ms]) => window.measure(links, changed, ms), [Number(asked.links), Number(asked.changed), Number(asked.seconds) * 1000])
  console.log(JSON.stringify({ bench: 'link-map', ...Object.fromEntries(Object.entries(figures).map(([k, v]) => [k, typeof v === 'number' ? Math.round(v * 10) / 10 : v])) }))
  if (asked.picture) await page.screenshot({ path: asked.picture })
  for (const [name, most] of [['build_ms', kBuild_ms], ['update_ms', kUpdate_ms]])
    if (figures[name] > most) { failed = 1; console.error(`${name} is ${figures[name].toFixed(1)}, at most ${most}`) }
} finally {
  await browser.close()
  await server.close()
}
process.exit(failed)
