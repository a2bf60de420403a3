/**
 * Answers that wait to be sent. An answer is written to the store before anything is sent and removed only after the
 * server has said, in JSON, that it holds it; closing the page, losing the network or a captive portal loses nothing.
 *
 * Order: the answers of one ask are sent in the order they were pressed. A photo goes before the answer that names it.
 * Repeats: each request carries an Idempotency-Key that stays the same over all tries, so the server keeps one.
 * Bounds: kItemsMax items, kPhotosMax photos each; a wait between tries of at most kWaitMax_ms.
 * A refusal (4xx) is never repeated and never dropped in silence: it stays, with the server's sentence, until dismissed.
 */
import type { AnswerGiven, AskAnswered } from './ask'

export const kItemsMax = 500
export const kPhotosMax = 6
export const kWaitMax_ms = 60_000
/** After this many failures by the server (not the network) later answers may pass. */
const kTriesBeforePassing = 8
const kAnswerTimeout_ms = 15_000
const kPhotoTimeout_ms = 90_000

export interface QueuedPhoto {
  key: string
  type: string
  bytes: ArrayBuffer
  /** Set once the server holds the photo. */
  hash: string | null
  /** The server's sentence when it does not take the photo; the answer goes without it. */
  refused: string | null
}

/** What waits and is no answer to an ask: where it goes and what it says. The server's reply to it is any JSON of ours. */
export interface Posted {
  path: string
  body: object
}

export interface Queued {
  /** Idempotency-Key of the answer; also its identity in the store. */
  key: string
  order: number
  token: string
  answer: AnswerGiven
  photos: QueuedPhoto[]
  tries: number
  next_at: number
  refused: { code: string; message: string } | null
  posted?: Posted
}

export interface Store {
  all(): Promise<Queued[]>
  put(item: Queued): Promise<void>
  remove(key: string): Promise<void>
}

export interface Reply {
  status: number
  /** The parsed body, or undefined when it is not JSON. */
  body: unknown
  retry_after_s: number | null
}

export interface Ports {
  store: Store
  /** Rejects when nothing came back (no network, time-out). */
  post(path: string, key: string, type: string, body: string | ArrayBuffer, timeout_ms: number): Promise<Reply>
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  newKey(): string
  after(wait_ms: number, run: () => void): () => void
  /** Runs `work` unless another page of this phone is sending; tells whether it ran. */
  alone(work: () => Promise<void>): Promise<boolean>
}

export type Link = 'unknown' | 'good' | 'broken'

type Outcome = 'sent' | 'refused' | 'later' | 'no_network'

export class Outbox {
  private items: Queued[] = []
  private watchers = new Set<() => void>()
  private sentWatchers = new Set<(ask: AskAnswered, key: string) => void>()
  private postedWatchers = new Set<(item: Queued) => void>()
  private sending: Promise<void> | null = null
  private again = false
  /** Items that are only in memory: being written, or the phone's store refused them. */
  private unstored = new Set<string>()
  /** Sent or dismissed by this page; a read of the store that began earlier must not bring them back. */
  private gone = new Set<string>()
  private cancelTimer: (() => void) | null = null
  link: Link = 'unknown'

  constructor(private readonly ports: Ports) {}

  /** Reads what earlier visits left behind and starts to send it. */
  async open(): Promise<void> {
    this.items = await this.read()
    for (const item of this.items) item.next_at = 0
    this.tell()
    void this.flush()
  }

  waiting(token?: string): Queued[] {
    return this.items.filter((i) => !i.refused && (!token || i.token === token))
  }

  refused(token?: string): Queued[] {
    return this.items.filter((i) => i.refused && (!token || i.token === token))
  }

  watch(run: () => void): () => void {
    this.watchers.add(run)
    return () => this.watchers.delete(run)
  }

  /** `run` gets what the server says of the ask after each answer it took. */
  watchSent(run: (ask: AskAnswered, key: string) => void): () => void {
    this.sentWatchers.add(run)
    return () => this.sentWatchers.delete(run)
  }

  /** `run` gets what was no answer and has reached the server. */
  watchPosted(run: (item: Queued) => void): () => void {
    this.postedWatchers.add(run)
    return () => this.postedWatchers.delete(run)
  }

  /**
   * Returns after the answer is stored on the phone; sending goes on by itself. When the phone's store fails the answer
   * lives in memory and is sent all the same. Rejects when the queue is full.
   */
  add(token: string, answer: AnswerGiven, photos: { type: string; bytes: ArrayBuffer }[] = []): Promise<string> {
    return this.put({ key: this.ports.newKey(), token, answer, photos: photos.slice(0, kPhotosMax).map((p) => ({ key: this.ports.newKey(), ...p, hash: null, refused: null })) })
  }

  /** The same for what is no answer; those of one `token` keep their order. */
  post(token: string, posted: Posted): Promise<string> {
    return this.put({ key: this.ports.newKey(), token, answer: { meaning: '', pressed_at: this.ports.now() }, photos: [], posted })
  }

  private async put(what: Pick<Queued, 'key' | 'token' | 'answer' | 'photos' | 'posted'>): Promise<string> {
    if (this.items.length >= kItemsMax) throw new Error('outbox full')
    const item: Queued = {
      order: this.items.reduce((most, i) => Math.max(most, i.order), this.ports.now()) + 1,
      ...what,
      tries: 0,
      next_at: 0,
      refused: null,
    }
    this.items.push(item)
    this.unstored.add(item.key)
    this.tell()
    await this.ports.store.put(item).then(
      () => this.unstored.delete(item.key),
      () => undefined,
    )
    void this.flush()
    return item.key
  }

  /** The person has read why this answer was refused. */
  async dismiss(key: string): Promise<void> {
    await this.forget(key)
    this.tell()
  }

  /** The network may be back: waits are forgotten. */
  async retryNow(): Promise<void> {
    for (const item of this.items) item.next_at = 0
    await this.flush()
  }

  /** Sends what is due. A call while another is under way makes that one look again when it ends. */
  flush(): Promise<void> {
    if (this.sending) {
      this.again = true
      return this.sending
    }
    this.sending = (async () => {
      do {
        this.again = false
        const ran = await this.ports.alone(() => this.sendDue())
        if (!ran) await this.followOtherPage()
      } while (this.again)
    })().finally(() => {
      this.sending = null
      this.setTimer()
      this.tell()
    })
    return this.sending
  }

  private async sendDue(): Promise<void> {
    await this.followOtherPage()
    const held = new Set<string>()
    for (const item of [...this.items]) {
      if (item.refused || held.has(item.token)) continue
      if (item.next_at > this.ports.now()) {
        if (item.tries < kTriesBeforePassing) held.add(item.token)
        continue
      }
      const outcome = await this.send(item)
      if (outcome === 'no_network') {
        this.link = 'broken'
        for (const other of this.items) if (!other.refused) other.next_at = Math.max(other.next_at, item.next_at)
        this.tell()
        return
      }
      this.link = 'good'
      if (outcome === 'later' && item.tries < kTriesBeforePassing) held.add(item.token)
      this.tell()
    }
  }

  private async send(item: Queued): Promise<Outcome> {
    if (item.posted) return this.sendPosted(item, item.posted)
    const path = `/api/v1/answer/${encodeURIComponent(item.token)}`
    for (const photo of item.photos) {
      if (photo.hash || photo.refused) continue
      const reply = await this.ports.post(`${path}/photos`, photo.key, photo.type, photo.bytes, kPhotoTimeout_ms).catch(() => null)
      const hash = textAt(reply?.body, 'hash')
      if (reply && reply.status < 300 && hash) photo.hash = hash
      else if (reply && isRefusal(reply)) photo.refused = errorOf(reply).message
      else return this.postpone(item, reply)
      await this.keep(item)
    }
    const photos = item.photos.flatMap((p) => (p.hash ? [p.hash] : []))
    const body = JSON.stringify(photos.length ? { ...item.answer, photos } : item.answer)
    const reply = await this.ports.post(path, item.key, 'application/json', body, kAnswerTimeout_ms).catch(() => null)
    if (reply && reply.status < 300 && textAt(reply.body, 'token')) {
      await this.forget(item.key)
      for (const run of this.sentWatchers) run(reply.body as AskAnswered, item.key)
      return 'sent'
    }
    if (reply && isRefusal(reply)) {
      item.refused = errorOf(reply)
      await this.keep(item)
      return 'refused'
    }
    return this.postpone(item, reply)
  }

  private async sendPosted(item: Queued, { path, body }: Posted): Promise<Outcome> {
    const reply = await this.ports.post(path, item.key, 'application/json', JSON.stringify(body), kAnswerTimeout_ms).catch(() => null)
    if (reply && reply.status < 300 && (reply.status === 204 || (reply.body !== undefined && reply.body !== null))) {
      await this.forget(item.key)
      for (const run of this.postedWatchers) run(item)
      return 'sent'
    }
    if (reply && isRefusal(reply)) {
      item.refused = errorOf(reply)
      await this.keep(item)
      return 'refused'
    }
    return this.postpone(item, reply)
  }

  /** A reply that is no JSON of ours (a captive portal, a proxy's page) counts as no network. */
  private async postpone(item: Queued, reply: Reply | null): Promise<Outcome> {
    item.tries += 1
    const step = Math.min(kWaitMax_ms, 1_000 * 2 ** Math.min(item.tries, 10))
    const wait = Math.max(step * (0.75 + this.ports.random() / 2), Math.min(300, reply?.retry_after_s ?? 0) * 1000)
    item.next_at = this.ports.now() + Math.round(wait)
    await this.keep(item)
    return reply && reply.status >= 400 && reply.body !== undefined ? 'later' : 'no_network'
  }

  /** Another page of this phone may have sent or added answers; waits set here are kept. */
  private async followOtherPage(): Promise<void> {
    const waits = new Map(this.items.map((i) => [i.key, i.next_at]))
    const onlyHere = this.items.filter((i) => this.unstored.has(i.key))
    const stored = (await this.read()).filter((i) => !this.unstored.has(i.key) && !this.gone.has(i.key))
    for (const item of stored) item.next_at = waits.get(item.key) ?? item.next_at
    this.items = [...stored, ...onlyHere].sort((a, b) => a.order - b.order)
  }

  private async read(): Promise<Queued[]> {
    const items = await this.ports.store.all().catch(() => [])
    return items.sort((a, b) => a.order - b.order)
  }

  private async keep(item: Queued): Promise<void> {
    if (!this.unstored.has(item.key)) await this.ports.store.put(item).catch(() => this.unstored.add(item.key))
  }

  private async forget(key: string): Promise<void> {
    this.gone.add(key)
    this.unstored.delete(key)
    this.items = this.items.filter((i) => i.key !== key)
    await this.ports.store.remove(key).catch(() => undefined)
  }

  private setTimer(): void {
    this.cancelTimer?.()
    this.cancelTimer = null
    const next = this.waiting().reduce((least, i) => Math.min(least, i.next_at), Infinity)
    if (next === Infinity) return
    const wait = Math.max(1_000, next - this.ports.now())
    this.cancelTimer = this.ports.after(Math.min(wait, kWaitMax_ms * 5), () => void this.flush())
  }

  private tell(): void {
    for (const run of this.watchers) run()
  }
}

/** What will be the same however often it is sent. */
function isRefusal(reply: Reply): boolean {
  return reply.status >= 400 && reply.status < 500 && ![408, 423, 425, 429].includes(reply.status) && reply.body !== undefined
}

function errorOf(reply: Reply): { code: string; message: string } {
  const error = (reply.body as { error?: { code?: string; message?: string } })?.error
  return { code: error?.code ?? String(reply.status), message: error?.message ?? '' }
}

function textAt(body: unknown, field: string): string | null {
  const value = body && typeof body === 'object' ? (body as Record<string, unknown>)[field] : null
  return typeof value === 'string' && value ? value : null
}
