/** Steps at the desk that several journeys share. */
import { check, until } from './browser.mjs'

export async function signIn(page, { account, password }, path = '/') {
  await page.goto(path)
  await page.getByTestId('account').fill(account)
  await page.getByTestId('password').fill(password)
  await page.getByTestId('sign-in').click()
  await page.getByTestId('desk').waitFor()
}

/** Signs in with a password somebody else has set, and chooses one of one's own. Gives the new one. */
export async function choosePassword(page, { account, password }, fresh = `${password}-own`) {
  await page.goto('/')
  await page.getByTestId('account').fill(account)
  await page.getByTestId('password').fill(password)
  await page.getByTestId('sign-in').click()
  await page.getByTestId('must-change').waitFor()
  await page.getByTestId('password-old').fill(password)
  await page.getByTestId('password-new').fill(fresh)
  await page.getByTestId('password-again').fill(fresh)
  await page.getByTestId('password-save').click()
  await page.getByTestId('desk').waitFor()
  return fresh
}

/** The middle of the map and a length that is a share of its smaller side, in window pixels; waits until it is drawn. */
export async function mapBox(page) {
  const map = page.getByTestId('map')
  await map.locator('canvas').waitFor()
  await until(() => map.evaluate((e) => e.querySelector('canvas').width > 0), 'the map has no canvas')
  const box = await map.boundingBox()
  return { x: box.x + box.width / 2, y: box.y + box.height / 2, size: Math.min(box.width, box.height) }
}

/** Centre and rim. */
export async function drawCircle(page, share = 0.25) {
  await page.getByTestId('area-circle').click()
  const { x, y, size } = await mapBox(page)
  await page.mouse.click(x, y)
  await page.mouse.move(x + (size * share) / 2, y, { steps: 4 })
  await page.mouse.click(x + size * share, y)
}

/** Corners around the middle, then Enter. */
export async function drawPolygon(page, share = 0.25, corners = 5) {
  const tool = page.getByTestId('area-polygon')
  if ((await tool.getAttribute('aria-pressed')) !== 'true') await tool.click()
  const { x, y, size } = await mapBox(page)
  for (let i = 0; i < corners; ++i) {
    const angle = (2 * Math.PI * i) / corners
    await page.mouse.move(x + size * share * Math.cos(angle), y + size * share * Math.sin(angle), { steps: 3 })
    await page.mouse.click(x + size * share * Math.cos(angle), y + size * share * Math.sin(angle))
    await page.waitForTimeout(350) // slower than a double click, as a hand is
  }
  await page.keyboard.press('Enter')
}

export async function number(locator) {
  const text = (await locator.first().innerText()).replace(/[,\s，]/g, '')
  const found = /-?\d+(\.\d+)?/.exec(text)
  check(found, `no figure in “${text}”`)
  return Number(found[0])
}
