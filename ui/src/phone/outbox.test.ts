import { beforeEach, describe, expect, it } from 'vitest'
import { kItemsMax, kPhotosMax, kWaitMax_ms, Outbox, type Ports, type Queued, type Reply, type Store } from './outbox'

/** A store that keeps copies, as IndexedDB does. */
class Shelf implements Store {
  rows = new Map<string, Queued>()
  full = false
  async all() {
    return [...this.rows.values()].map((r) => structuredClone(r))
  }
  async put(item: Queued) {
    if (this.full) throw new Error('quota')
    this.rows.set(item.key, structuredClone(item))
  }
  async remove(key: string) {
    this.rows.delete(key)
  }
}

interface Sent {
  path: string
  key: string
  body: string | ArrayBuffer
}

const taken: Reply = { status: 200, body: { token: 't', answers: [] }, retry_after_s: null }
const photoTaken: Reply = { status: 201, body: { hash: 'h1' }, retry_after_s: null }
const fault = (status: number, message = '…'): Reply => ({ status, body: { error: { code: 'x', message } }, retry_after_s: null })

let now: number
let sent: Sent[]
let shelf: Shelf
let server: (request: Sent) => Reply | null
let timer: { wait: number; run: () => void } | null
let otherPageSends: boolean
let keys: number

function ports(): Ports {
  return {
    store: shelf,
    async post(path, key, _type, body) {
      const request = { path, key, body }
      sent.push(request)
      const reply = server(request)
      if (!reply) throw new Error('no network')
      return reply
    },
    now: () => now,
    random: () => 0.5,
    newKey: () => `k${++keys}`,
    after(wait, run) {
      timer = { wait, run }
      return () => (timer = null)
    },
    async alone(work) {
      if (otherPageSends) return false
      await work()
      return true
    },
  }
}

const answer = (meaning: string) => ({ meaning, pressed_at: now })
const meanings = () => sent.filter((s) => typeof s.body === 'string').map((s) => JSON.parse(s.body as string).meaning)
async function settle(box: Outbox) {
  await box.flush()
  await box.flush()
}

beforeEach(() => {
  now = 1_700_000_000_000
  sent = []
  shelf = new Shelf()
  server = () => taken
  timer = null
  otherPageSends = false
  keys = 0
})

describe('sending', () => {
  it('sends an answer at once and forgets it when the server holds it', async () => {
    const box = new Outbox(ports())
    const seen: string[] = []
    box.watchSent((ask, key) => seen.push(`${ask.token} ${key}`))
    await box.add('t', answer('received'))
    await settle(box)
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatchObject({ path: '/api/v1/answer/t', key: 'k1' })
    expect(JSON.parse(sent[0]!.body as string)).toEqual({ meaning: 'received', pressed_at: now })
    expect(seen).toEqual(['t k1'])
    expect(box.waiting()).toEqual([])
    expect(shelf.rows.size).toBe(0)
    expect(timer).toBeNull()
  })

  it('stores the answer before it sends it', async () => {
    let stored_when_sent = -1
    server = () => ((stored_when_sent = shelf.rows.size), taken)
    const box = new Outbox(ports())
    await box.add('t', answer('received'))
    await settle(box)
    expect(stored_when_sent).toBe(1)
  })

  it('keeps the order in which the answers of one ask were pressed', async () => {
    server = () => null
    const box = new Outbox(ports())
    for (const m of ['received', 'moved', 'support']) {
      await box.add('t', answer(m))
      await settle(box)
    }
    server = () => taken
    sent = []
    await box.retryNow()
    expect(meanings()).toEqual(['received', 'moved', 'support'])
  })

  it('escapes the token', async () => {
    const box = new Outbox(ports())
    await box.add('../x', answer('received'))
    await settle(box)
    expect(sent[0]!.path).toBe('/api/v1/answer/..%2Fx')
  })
})

describe('no network', () => {
  it('waits, tries again by timer with growing waits, and uses the same key', async () => {
    server = () => null
    const box = new Outbox(ports())
    await box.add('t', answer('received'))
    await settle(box)
    expect(box.link).toBe('broken')
    const waits: number[] = []
    for (let i = 0; i < 8; ++i) {
      waits.push(timer!.wait)
      now += timer!.wait
      timer!.run()
      await settle(box)
    }
    expect(waits).toEqual([2000, 4000, 8000, 16000, 32000, 60000, 60000, 60000])
    expect(Math.max(...waits)).toBeLessThanOrEqual(kWaitMax_ms)
    expect(new Set(sent.map((s) => s.key))).toEqual(new Set(['k1']))
    server = () => taken
    await box.retryNow()
    expect(box.waiting()).toEqual([])
    expect(box.link).toBe('good')
  })

  it('stops at the first failure instead of trying every answer', async () => {
    server = () => null
    const box = new Outbox(ports())
    for (const token of ['a', 'b', 'c']) await box.add(token, answer('received'))
    await settle(box)
    sent = []
    await box.retryNow()
    expect(sent).toHaveLength(1)
    expect(box.waiting()).toHaveLength(3)
  })

  it('takes the page of a captive portal for no network, not for delivery', async () => {
    server = () => ({ status: 200, body: undefined, retry_after_s: null })
    const box = new Outbox(ports())
    await box.add('t', answer('received'))
    await settle(box)
    expect(box.waiting()).toHaveLength(1)
    expect(box.link).toBe('broken')
  })

  it('loses nothing when the page is closed and opened again', async () => {
    server = () => null
    const first = new Outbox(ports())
    await first.add('t', answer('received'))
    await first.add('t', answer('moved'), [{ type: 'image/jpeg', bytes: new ArrayBuffer(8) }])
    await settle(first)
    server = (r) => (r.path.endsWith('/photos') ? photoTaken : taken)
    sent = []
    const second = new Outbox(ports())
    await second.open()
    await settle(second)
    expect(sent.map((s) => s.path)).toEqual(['/api/v1/answer/t', '/api/v1/answer/t/photos', '/api/v1/answer/t'])
    expect(shelf.rows.size).toBe(0)
  })

  it('keeps and sends an answer even when the phone cannot store it', async () => {
    shelf.full = true
    server = () => null
    const box = new Outbox(ports())
    await box.add('t', answer('received'))
    await settle(box)
    expect(box.waiting()).toHaveLength(1)
    server = () => taken
    await box.retryNow()
    expect(box.waiting()).toEqual([])
    expect(meanings().pop()).toBe('received')
  })
})

describe('a server in trouble', () => {
  it('obeys Retry-After, and lets other asks pass', async () => {
    server = (r) => (r.path.endsWith('/a') ? { ...fault(503), retry_after_s: 30 } : taken)
    const box = new Outbox(ports())
    await box.add('a', answer('received'))
    await box.add('b', answer('received'))
    await settle(box)
    expect(box.waiting().map((i) => i.token)).toEqual(['a'])
    expect(timer!.wait).toBe(30_000)
    expect(box.link).toBe('good')
  })

  it('holds later answers back behind one that fails, but not for ever', async () => {
    server = (r) => (typeof r.body === 'string' && r.body.includes('poison') ? fault(500) : taken)
    const box = new Outbox(ports())
    await box.add('t', answer('poison'))
    await box.add('t', answer('support'))
    await settle(box)
    expect(box.waiting()).toHaveLength(2)
    for (let i = 0; i < 8; ++i) await box.retryNow()
    expect(box.waiting().map((i) => i.answer.meaning)).toEqual(['poison'])
  })
})

describe('a refusal', () => {
  it('is not repeated, is shown with its sentence, and does not hold up what follows', async () => {
    server = (r) => (typeof r.body === 'string' && r.body.includes('bad') ? fault(422, '“number”填写有误') : taken)
    const box = new Outbox(ports())
    await box.add('t', answer('bad'))
    await box.add('t', answer('support'))
    await settle(box)
    expect(box.waiting()).toEqual([])
    expect(box.refused()).toMatchObject([{ key: 'k1', refused: { code: 'x', message: '“number”填写有误' } }])
    const tries = sent.length
    await box.retryNow()
    expect(sent).toHaveLength(tries)
    const reopened = new Outbox(ports())
    await reopened.open()
    expect(reopened.refused()).toHaveLength(1)
    await reopened.dismiss('k1')
    expect(reopened.refused()).toEqual([])
    expect(shelf.rows.size).toBe(0)
  })
})

describe('photos', () => {
  const photo = () => ({ type: 'image/jpeg', bytes: new ArrayBuffer(16) })

  it('go before the answer that names them', async () => {
    server = (r) => (r.path.endsWith('/photos') ? photoTaken : taken)
    const box = new Outbox(ports())
    await box.add('t', answer('moved'), [photo()])
    await settle(box)
    expect(sent.map((s) => s.key)).toEqual(['k2', 'k1'])
    expect(JSON.parse(sent[1]!.body as string).photos).toEqual(['h1'])
  })

  it('are not uploaded twice when the answer after them fails', async () => {
    server = (r) => (r.path.endsWith('/photos') ? photoTaken : null)
    const box = new Outbox(ports())
    await box.add('t', answer('moved'), [photo()])
    await settle(box)
    server = (r) => (r.path.endsWith('/photos') ? photoTaken : taken)
    const again = new Outbox(ports())
    await again.open()
    await settle(again)
    expect(sent.filter((s) => s.path.endsWith('/photos'))).toHaveLength(1)
    expect(JSON.parse(sent[sent.length - 1]!.body as string).photos).toEqual(['h1'])
  })

  it('that the server refuses do not stop the answer', async () => {
    server = (r) => (r.path.endsWith('/photos') ? fault(413, '照片太大') : taken)
    const box = new Outbox(ports())
    await box.add('t', answer('moved'), [photo()])
    await settle(box)
    expect(box.waiting()).toEqual([])
    expect(JSON.parse(sent[1]!.body as string).photos).toBeUndefined()
  })

  it('are bounded', async () => {
    server = () => null
    const box = new Outbox(ports())
    await box.add('t', answer('moved'), Array.from({ length: 20 }, photo))
    expect(box.waiting()[0]!.photos).toHaveLength(kPhotosMax)
  })
})

describe('several pages of one phone', () => {
  it('do not send the same answer twice, and see what the other did', async () => {
    otherPageSends = true
    const box = new Outbox(ports())
    await box.add('t', answer('received'))
    await settle(box)
    expect(sent).toEqual([])
    expect(box.waiting()).toHaveLength(1)
    shelf.rows.clear()
    await box.flush()
    expect(box.waiting()).toEqual([])
  })
})

it('refuses to grow without bound', async () => {
  server = () => null
  for (let i = 0; i < kItemsMax; ++i) {
    const key = `old${i}`
    shelf.rows.set(key, { key, order: i, token: 't', answer: answer('received'), photos: [], tries: 0, next_at: 0, refused: null })
  }
  const box = new Outbox(ports())
  await box.open()
  await expect(box.add('t', answer('moved'))).rejects.toThrow('full')
})

describe('what is no answer', () => {
  const posted = { path: '/api/v1/earthquakes/3/surveys', body: { lon: 1, lat: 2, intensity: 7 } }
  it('is kept, sent where it belongs, and gone once the server has it', async () => {
    const box = new Outbox(ports())
    server = () => null
    await box.post('survey', posted)
    await box.flush()
    expect(shelf.rows.size).toBe(1)
    let reached = ''
    box.watchPosted((item) => (reached = item.posted!.path))
    server = () => ({ status: 200, body: { survey: 5 }, retry_after_s: null })
    await box.retryNow()
    expect(sent.at(-1)).toMatchObject({ path: posted.path, body: JSON.stringify(posted.body) })
    expect(new Set(sent.map((s) => s.key)).size).toBe(1)
    expect([shelf.rows.size, reached]).toEqual([0, posted.path])
  })
  it('stays with the sentence of a refusal', async () => {
    const box = new Outbox(ports())
    server = () => fault(409, 'withdrawn')
    await box.post('survey', posted)
    await box.flush()
    expect(box.refused()[0]!.refused!.message).toBe('withdrawn')
  })
  it('is not lost to a page that is not ours', async () => {
    const box = new Outbox(ports())
    server = () => ({ status: 200, body: undefined, retry_after_s: null })
    await box.post('survey', posted)
    await box.flush()
    expect(box.waiting()).toHaveLength(1)
  })
})
