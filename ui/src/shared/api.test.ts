import { afterEach, describe, expect, it, vi } from 'vitest'
import { api, ApiError, call, newKey, query } from './api'

afterEach(() => vi.unstubAllGlobals())
const answer = (status: number, body: unknown) => vi.stubGlobal('fetch', vi.fn(async () => new Response(JSON.stringify(body), { status })))

describe('api', () => {
  it('leaves empty parameters out, but not what is false or zero', () => expect(query({ place: '62', q: '', offset: 0, dry_run: false })).toBe('?place=62&offset=0&dry_run=false'))
  it('makes keys where randomUUID is missing', () => {
    vi.stubGlobal('crypto', { getRandomValues: (a: Uint8Array) => a.fill(7) })
    expect(newKey()).toBe('07'.repeat(16))
  })
  it('sends the key of the action, the same on every retry', async () => {
    answer(200, {})
    await api.draft({ hazard: 'rainstorm' }, 'k1')
    expect(vi.mocked(fetch).mock.calls[0][1]?.headers).toMatchObject({ 'Idempotency-Key': 'k1' })
  })
  it('turns a refusal into a sentence and a next step', async () => {
    answer(409, { error: { code: 'four_eyes', message: '须由另一人批准。', next: '请值班领导登录。' } })
    const error = await call('POST', '/warnings/1/approve').catch((e: unknown) => e as ApiError)
    expect(error).toMatchObject({ status: 409, code: 'four_eyes', message: '须由另一人批准。', next: '请值班领导登录。', retryable: false })
  })
  it('may be tried again when nothing was decided', async () => {
    vi.stubGlobal('fetch', vi.fn(async () => { throw new TypeError('network') }))
    expect(await call('GET', '/queue').catch((e: unknown) => (e as ApiError).retryable)).toBe(true)
  })
})
