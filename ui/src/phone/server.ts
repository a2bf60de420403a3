/** The few requests a phone makes. Every failure is a Fault: `network` when nothing of ours came back, else the server's sentence. */
import { spoken } from '../shared/spoken'
import type { Ask } from './ask'
import type { Ports, Reply } from './outbox'
import type { Quake, QuakeGround, Survey, Town } from './survey'

const kReadTimeout_ms = 12_000

export class Fault extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly next = '',
    readonly status = 0,
  ) {
    super(message)
  }
}

let language = 'zh'
export function speak(code: string): void {
  language = code
}

/** crypto.randomUUID is missing on plain http; random bytes are not. */
export function newKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

async function request(method: string, path: string, headers: Record<string, string>, body: BodyInit | undefined, timeout_ms: number): Promise<Reply> {
  const stop = new AbortController()
  const timer = setTimeout(() => stop.abort(), timeout_ms)
  try {
    const response = await fetch(path, {
      method,
      body,
      headers: { Accept: 'application/json', 'Accept-Language': language, ...headers },
      credentials: 'same-origin',
      signal: stop.signal,
    })
    const retry_after = Number(response.headers.get('Retry-After'))
    const text = await response.text()
    let parsed: unknown
    try {
      parsed = text ? JSON.parse(text) : undefined
    } catch {
      parsed = undefined
    }
    return { status: response.status, body: parsed, retry_after_s: retry_after > 0 ? retry_after : null }
  } finally {
    clearTimeout(timer)
  }
}

export const post: Ports['post'] = (path, key, type, body, timeout_ms) =>
  request('POST', path, { 'Content-Type': type, 'Idempotency-Key': key }, body, timeout_ms)

async function askServer<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = {}
  if (method !== 'GET') headers['Idempotency-Key'] = newKey()
  if (body !== undefined) headers['Content-Type'] = 'application/json'
  const reply = await request(method, `/api/v1${path}`, headers, body === undefined ? undefined : JSON.stringify(body), kReadTimeout_ms).catch(() => null)
  if (!reply) throw new Fault('network', '')
  if (reply.status === 204) return undefined as T
  if (reply.status >= 400) {
    const error = (reply.body as { error?: { code?: string; message?: string; next?: string } })?.error
    if (!error) throw new Fault('network', '', '', reply.status)
    const mine = (text: string | undefined) => spoken(text ?? '', language.startsWith('zh') ? 'zh' : 'en')
    throw new Fault(error.code ?? '', mine(error.message), mine(error.next), reply.status)
  }
  if (reply.body === undefined) throw new Fault('network', '')
  return reply.body as T
}

export interface Session {
  account: string
  name: string
  must_change_password?: boolean
  node: { name: string; duty_phone?: string }
}

export const getEarthquakes = () => askServer<{ items: Quake[] }>('GET', '/earthquakes?drills=1')
export const getSurveys = (earthquake: number) => askServer<{ items: Survey[] }>('GET', `/earthquakes/${earthquake}/surveys`)
export const getQuakeMap = (earthquake: number) => askServer<QuakeGround>('GET', `/earthquakes/${earthquake}/map`)
export const getTowns = (earthquake: number) => askServer<{ items: Town[] }>('GET', `/early-warning/${earthquake}/places`)
export const getAsk = (token: string) => askServer<Ask>('GET', `/answer/${encodeURIComponent(token)}`)
export const myCalls = () => askServer<{ items: Ask[] }>('GET', '/my/calls')
export const getSession = () => askServer<Session>('GET', '/session')
export const signIn = (account: string, password: string) => askServer<Session>('POST', '/session', { account, password })
export const changePassword = (old: string, fresh: string) => askServer<void>('POST', '/session/password', { old, new: fresh })
export const signOut = () => askServer<void>('DELETE', '/session')
