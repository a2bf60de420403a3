/**
 * Debian's Chromium through playwright-core. Every page is watched: a console error, an uncaught exception or a breach of
 * the content security policy fails the journey unless it was announced with `allow`.
 */
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'

const kChromium = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const kFlags = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--disable-dev-shm-usage']
/** Words of a console error that a journey may always meet: the first look at the session before signing in. */
const kAlways = [/status of 401/]

export class Browser {
  #chromium
  #contexts = []
  #complaints = []
  #allowed = []

  static async start({ base, show }) {
    const it = new Browser()
    it.base = base
    it.#chromium = await chromium.launch({ executablePath: process.env.CHROMIUM ?? kChromium.find(existsSync), headless: !show, args: kFlags })
    return it
  }

  /** A browser of its own (cookies, storage, network) with one page. */
  async page({ width = 1366, height = 768, phone = false, language = 'zh-CN', dark = false, label = '', ...more } = {}) {
    const context = await this.#chromium.newContext({
      baseURL: this.base,
      viewport: { width, height },
      isMobile: phone,
      hasTouch: phone,
      locale: language,
      timezoneId: 'Asia/Shanghai',
      colorScheme: dark ? 'dark' : 'light',
      acceptDownloads: true,
      ...more,
    })
    context.setDefaultTimeout(15_000)
    this.#contexts.push(context)
    await context.addInitScript(() => {
      addEventListener('securitypolicyviolation', (e) => console.error(`CSP ${e.violatedDirective} ${e.blockedURI}`))
      // Presses by a person, kept over navigation: playwright's clicks are trusted events.
      addEventListener('pointerdown', (e) => e.isTrusted && sessionStorage.setItem('presses', String(Number(sessionStorage.getItem('presses') ?? 0) + 1)), true)
    })
    const page = await context.newPage()
    const complain = (text) => {
      if (![...kAlways, ...this.#allowed].some((a) => a.test(text))) this.#complaints.push(`${label}${new URL(page.url(), this.base).pathname}: ${text}`)
    }
    page.on('pageerror', (error) => complain(`exception ${error.message}`))
    page.on('console', (message) => message.type() === 'error' && complain(`${message.text()} ${message.location().url}`))
    return page
  }

  /** Announces a console error that this journey causes on purpose. */
  allow(pattern) {
    this.#allowed.push(pattern)
  }

  assertQuiet() {
    if (this.#complaints.length) throw new Error(`the browser complained:\n${[...new Set(this.#complaints)].slice(0, 8).join('\n')}`)
  }

  async picture(path) {
    const found = []
    for (const [i, context] of this.#contexts.entries())
      for (const page of context.pages()) {
        const file = `${path}${i ? `-${i + 1}` : ''}.png`
        await page.screenshot({ path: file, timeout: 5000 }).then(() => found.push(file), () => undefined)
      }
    return found
  }

  async closePages() {
    await Promise.all(this.#contexts.map((c) => c.close().catch(() => undefined)))
    this.#contexts = []
    this.#complaints = []
    this.#allowed = []
  }

  async stop() {
    await this.#chromium.close()
  }
}

/** How often a person pressed in this tab since the last call. */
export async function presses(page) {
  return page.evaluate(() => {
    const n = Number(sessionStorage.getItem('presses') ?? 0)
    sessionStorage.setItem('presses', '0')
    return n
  })
}

export function check(condition, sentence) {
  if (!condition) throw new Error(sentence)
}

/** Waits until `look` gives something truthy; `sentence` says what was missed. */
export async function until(look, sentence, wait_ms = 20_000) {
  const end = Date.now() + wait_ms
  let last
  for (;;) {
    try {
      last = await look()
      if (last) return last
    } catch (error) {
      last = error.message
    }
    if (Date.now() > end) throw new Error(`${sentence} (last seen: ${JSON.stringify(last)})`)
    await new Promise((resolve) => setTimeout(resolve, 150))
  }
}

/** Parts of the page that stick out of the window to the right, by selector. */
export async function overflow(page) {
  return page.evaluate(() => {
    // A phone widens its window to fit what sticks out, so the screen counts.
    const width = Math.min(innerWidth, screen.width)
    const wide = document.documentElement.scrollWidth - width
    if (wide <= 0) return ''
    const culprit = [...document.querySelectorAll('body *')].find((e) => e.getBoundingClientRect().right > width + 1)
    return `${wide} px wider than the window: ${culprit ? `${culprit.tagName.toLowerCase()}.${culprit.className}` : '?'}`
  })
}
