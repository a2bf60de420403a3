/**
 * Every main screen at three sizes in both languages: no console error, no breach of the content policy, nothing wider
 * than the window, no message key and no English name of the program's inside instead of words.
 */
import { check, overflow } from '../browser.mjs'
import { signIn } from '../desk.mjs'
import { lift, NodeApi, warn } from '../node_api.mjs'

const kSizes = [
  [1366, 768],
  [1920, 1080],
  [360, 780],
]

/** Goes to a path inside the application, as a click on a link would. */
async function go(page, path) {
  await page.evaluate((to) => {
    history.pushState({}, '', to)
    dispatchEvent(new PopStateEvent('popstate', { state: {} }))
  }, path)
  await page.waitForTimeout(/situation|warnings/.test(path) ? 1200 : 600)
  await page.waitForLoadState('networkidle', { timeout: 4000 }).catch(() => undefined)
}

/** Texts that look like a message key, e.g. part.loading. */
function keysShown(page) {
  return page.evaluate(() => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    const found = []
    for (let node = walk.nextNode(); node; node = walk.nextNode()) {
      const text = node.nodeValue.trim()
      const key = /^[a-z][A-Za-z_]*(\.[A-Za-z_]+){1,3}$/.test(text)
      const inside = /^([a-z]+_[a-z_]+|[A-Z][a-z]+(Added|Changed|Placed|Ended|Opened|Answered))$/.test(text)
      if ((key || inside) && !node.parentElement.closest('code, pre, [data-code], .mono, td')) found.push(text)
    }
    return found
  })
}

export default async function ({ browser, base, accounts, say }) {
  const duty = await NodeApi.signIn(base, accounts.duty)
  await duty.post('/demo', { answering: 0.6, dead: 0.1 }).catch(() => undefined)
  const { warning, round } = await warn(base, accounts, { level: 'orange' })
  const screens = {
    warnings: '/warnings', situation: '/situation', draft: '/warnings/new', board: `/warnings/${warning.id}`, round: `/rounds/${round}`,
    coverage: '/people/coverage', people: '/people/list', posts: '/people/posts', import: '/people/import', records: '/records',
    reservoirs: '/records/reservoir', journal: '/journal', situations: '/signals/situations', links: '/signals/links', map: '/signals/map', earthquake: '/signals/situations?quake=yes', rule: '/signals/rules', chains: '/signals/rules?show=chains', accounts: '/settings/accounts', sources: '/settings/sources', rules: '/settings/rules',
    roads: '/roads/states', closure: '/roads/states?new=yes', route: '/roads/route', circles: '/roads/coverage', teams: '/dispatch/teams', relief: '/dispatch/relief', hospitals: '/dispatch/hospitals', air: '/dispatch/air', missions: '/dispatch/missions',
    quakes: '/earthquakes', quake: '/earthquakes?new=yes', whatif: '/scenario', tried: '/scenario?show=list',
    places: '/settings/places', system: '/settings/system',
  }
  const faults = []
  let seen = 0
  const look = async (page, name, size, language) => {
    seen += 1
    const wide = await overflow(page)
    if (wide) faults.push(`${name} ${size} ${language}: ${wide}`)
    const keys = await keysShown(page)
    if (keys.length) faults.push(`${name} ${size} ${language}: shows ${[...new Set(keys)].slice(0, 5).join(' ')}`)
  }

  for (const [width, height] of kSizes)
    for (const language of ['zh', 'en']) {
      const size = `${width}×${height}`
      const narrow = width < 500
      const page = await browser.page({ width, height, phone: narrow, language: language === 'zh' ? 'zh-CN' : 'en-GB', label: `${size} ${language} ` })
      await page.addInitScript((chosen) => localStorage.setItem('anlan.language', chosen), language)
      await page.goto('/signin')
      await page.getByTestId('account').waitFor()
      await look(page, 'sign-in', size, language)
      await signIn(page, accounts.admin)
      for (const [name, path] of Object.entries(screens)) {
        await go(page, path)
        await look(page, name, size, language)
      }
      await page.context().close()
    }

  for (const language of ['zh-CN', 'en-GB']) {
    const page = await browser.page({ width: 360, height: 780, phone: true, language, label: 'phone ' })
    browser.allow(/status of 404/)
    await page.goto('/m')
    await page.getByTestId('account').waitFor()
    await look(page, 'phone sign-in', '360×780', language)
    await page.getByTestId('account').fill(accounts.duty.account)
    await page.getByTestId('password').fill(accounts.duty.password)
    await page.getByTestId('sign-in').click()
    await page.getByTestId('sign-out').waitFor()
    await look(page, 'phone calls', '360×780', language)
    const ask = (await duty.get('/my/calls')).items[0]
    if (ask) {
      await page.goto(`/a/${ask.token}`)
      await page.getByTestId('headline').waitFor()
      await look(page, 'phone answer', '360×780', language)
    }
    await page.goto('/a/no-such-link')
    await page.getByTestId('blank').waitFor()
    await look(page, 'phone wrong link', '360×780', language)
  }
  await lift(base, accounts, warning.id)
  check(!faults.length, faults.join('\n'))
  say(`${seen} screens`)
}
