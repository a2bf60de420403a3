import { spoken } from './spoken'
import type * as T from './types'

/** A refusal or failure as a sentence: what happened, what to do next, and whether trying again may help. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly next: string = '',
    readonly details: unknown = undefined,
    readonly body: unknown = undefined,
  ) {
    super(message)
    this.name = 'ApiError'
  }
  /** Nothing was decided: the same action with the same key may be sent again. */
  get retryable() {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }
}

const root = '/api/v1'
let language = 'zh-CN'
let signInNeeded: () => void = () => {}
let unreachable = (_error: unknown) => ({ message: 'offline', next: '' })

export function setApiLanguage(tag: string) { language = tag }
export function onSignInNeeded(f: () => void) { signInNeeded = f }
/** The sentence for "the node cannot be reached" comes from the message files. */
export function onUnreachable(f: (error: unknown) => { message: string; next: string }) { unreachable = f }

/** crypto.randomUUID exists in secure contexts only; a node on plain HTTP in the county's network is not one. */
export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (b) => b.toString(16).padStart(2, '0')).join('')
}

export type Query = Record<string, string | number | boolean | null | undefined>
export function query(params: Query = {}): string {
  const kept = Object.entries(params).filter(([, v]) => v !== undefined && v !== null && v !== '')
  if (!kept.length) return ''
  return '?' + new URLSearchParams(kept.map(([k, v]) => [k, String(v)])).toString()
}

interface Options {
  body?: unknown
  /** A File or text that is sent as it is. */
  raw?: BodyInit
  type?: string
  /** One key per action of the user; the same key on every retry. */
  key?: string
  signal?: AbortSignal
}

export async function call<R>(method: string, path: string, options: Options = {}): Promise<R> {
  const headers: Record<string, string> = { Accept: 'application/json', 'Accept-Language': language }
  if (method !== 'GET') headers['Idempotency-Key'] = options.key ?? newKey()
  if (options.raw !== undefined) headers['Content-Type'] = options.type ?? 'application/octet-stream'
  else if (options.body !== undefined) headers['Content-Type'] = 'application/json'
  let response: Response
  try {
    response = await fetch(root + path, {
      method,
      headers,
      credentials: 'same-origin',
      body: options.raw ?? (options.body !== undefined ? JSON.stringify(options.body) : undefined),
      signal: options.signal,
    })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    const said = unreachable(error)
    throw new ApiError(0, 'unreachable', said.message, said.next)
  }
  if (response.status === 204) return undefined as R
  const text = await response.text()
  const body = text ? readJson(text) : undefined
  if (response.ok) return body as R
  const said = (body as { error?: { code?: string; message?: string; next?: string; details?: unknown } } | undefined)?.error
  if (response.status === 401 && path !== '/session') signInNeeded()
  const fallback = unreachable(undefined)
  throw new ApiError(response.status, said?.code ?? String(response.status), mine(said?.message) ?? fallback.message,
    mine(said?.next) ?? fallback.next, mineOf(said?.details), body)
}

const mine = (text: string | undefined) => (text === undefined ? undefined : spoken(text, language.startsWith('zh') ? 'zh' : 'en'))
/** Faults of a refused form or file, each in the language of the reader. */
function mineOf(details: unknown): unknown {
  if (!Array.isArray(details)) return details
  return details.map((d: { field?: string; message?: string }) => ({ ...d, field: mine(d.field), message: mine(d.message) }))
}

function readJson(text: string): unknown {
  try { return JSON.parse(text) } catch { return undefined }
}

const get = <R>(path: string, params?: Query, signal?: AbortSignal) => call<R>('GET', path + query(params), { signal })
const post = <R>(path: string, body?: unknown, key?: string) => call<R>('POST', path, { body: body ?? {}, key })
const patch = <R>(path: string, body: unknown, key?: string) => call<R>('PATCH', path, { body, key })
const put = <R>(path: string, body: unknown, key?: string) => call<R>('PUT', path, { body, key })
const remove = (path: string, key?: string) => call<void>('DELETE', path, { key })
const upload = <R>(path: string, file: Blob | string, type: string, params?: Query, key?: string) =>
  call<R>('POST', path + query(params), { raw: file, type, key })

type SituationVerb = 'take' | 'release' | 'draft'
type WarningVerb = 'submit' | 'approve' | 'return' | 'rehearse' | 'cancel' | 'restore'

/** Addresses that a browser opens itself (downloads, pictures, tiles). */
export const href = {
  record: (round: number, format: 'pdf' | 'csv' | 'xlsx') => `${root}/rounds/${round}/record.${format}`,
  cap: (warning: number) => `${root}/warnings/${warning}/cap`,
  photo: (hash: string) => `${root}/photos/${hash}`,
  people: (format: 'csv' | 'xlsx' | 'template', place?: string) => `${root}/people/export${query({ format, place })}`,
  records: (type: string, format: 'csv' | 'xlsx' | 'geojson' | 'template', place?: string) =>
    `${root}/records/${type}/export${query({ format, place })}`,
  tiles: (kind: 'places' | 'records') => `${location.origin}${root}/tiles/${kind}/{z}/{x}/{y}`,
  readings: (link: number, from?: number, until?: number) => `${root}/links/${link}/readings${query({ from, until })}`,
  picture: (link: number, n: number) => `${root}/links/${link}/pictures/${n}`,
  live: () => `${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}${root}/live`,
}

export const api = {
  session: () => get<T.Session>('/session'),
  signIn: (account: string, password: string) => post<T.Session>('/session', { account, password }),
  signOut: () => remove('/session'),
  changePassword: (old: string, fresh: string) => post<void>('/session/password', { old, new: fresh }),
  accounts: () => get<T.Items<T.Account>>('/accounts'),
  addAccount: (a: T.AccountChange, key?: string) => post<T.Account>('/accounts', a, key),
  siteToken: (id: number) => get<{ token: string }>(`/accounts/${id}/token`),
  changeAccount: (id: number, a: T.AccountChange, key?: string) => patch<T.Account>(`/accounts/${id}`, a, key),
  pack: () => get<T.Pack>('/pack'),
  queue: () => get<T.Items<T.QueueItem>>('/queue'),
  search: (q: string, limit = 8, signal?: AbortSignal) => get<T.SearchHits>('/search', { q, limit }, signal),

  searchPlaces: (q: string, within?: string, level?: string, limit = 12) =>
    get<T.Items<T.Place>>('/places/search', { q, within, level, limit }),
  placeAt: (lon: number, lat: number) => get<T.Place>('/places/at', { lon, lat }),
  place: (code: string) => get<T.Place>(`/places/${code}`),
  children: (code: string) => get<T.Items<T.Place>>(`/places/${code}/children`),
  importPlaces: (file: File, params: Query, key?: string) => upload<T.ImportReport>('/places/import', file, fileType(file), params, key),
  area: (asked: T.AreaAsked) => post<T.Area>('/areas/normalise', asked),
  map: () => get<T.MapFacts>('/map'),

  warnings: (params: Query) => get<T.Page<T.WarningRow>>('/warnings', params),
  warning: (id: number) => get<T.Warning>(`/warnings/${id}`),
  draft: (d: T.WarningDraft, key?: string) => post<T.Warning>('/warnings', d, key),
  edit: (id: number, d: T.WarningDraft, key?: string) => patch<T.Warning>(`/warnings/${id}`, d, key),
  discard: (id: number, key?: string) => remove(`/warnings/${id}`, key),
  importCap: (file: Blob, key?: string) => upload<T.CapImport>('/warnings/import-cap', file, 'application/cap+xml', undefined, key),
  warningText: (d: T.WarningDraft) => post<T.WarningText>('/warnings/text', d),
  preview: (id: number) => get<T.Preview>(`/warnings/${id}/preview`),
  previewPeople: (id: number, params: Query) => get<T.Page<T.PreviewPerson>>(`/warnings/${id}/preview/people`, params),
  act: (id: number, verb: WarningVerb, comment?: string, key?: string) => post<T.Warning>(`/warnings/${id}/${verb}`, { comment }, key),
  change: (id: number, d: T.WarningDraft, key?: string) => post<T.Warning>(`/warnings/${id}/change`, d, key),
  extend: (id: number, expires: number, key?: string) => post<T.Warning>(`/warnings/${id}/extend`, { expires }, key),

  capSources: () => get<T.Items<T.CapSource>>('/cap-sources'),
  addCapSource: (url: string, interval_s: number, key?: string) => post<T.Items<T.CapSource>>('/cap-sources', { url, interval_s }, key),
  removeCapSource: (id: number, key?: string) => remove(`/cap-sources/${id}`, key),

  rounds: (params: Query) => get<T.Items<T.Round>>('/rounds', params),
  /** What a change of a warning in force would call; computes only. */
  previewChange: (id: number, d: T.WarningDraft) => post<T.Preview>(`/warnings/${id}/preview`, d),
  previewChangePeople: (id: number, d: T.WarningDraft, params: Query) => call<T.Page<T.PreviewPerson>>('POST', `/warnings/${id}/preview/people${query(params)}`, { body: d }),

  board: (round: number, place?: string, at?: number) => get<T.Board>(`/rounds/${round}/board`, { place, at }),
  calls: (round: number, params: Query) => get<T.Page<T.Call>>(`/rounds/${round}/calls`, params),
  oneCall: (round: number, seq: number) => get<T.Call>(`/rounds/${round}/calls/${seq}`),
  callAct: (round: number, seq: number, verb: 'again' | 'deputy' | 'superior', key?: string) =>
    post<T.Call>(`/rounds/${round}/calls/${seq}/${verb}`, {}, key),
  answerFor: (round: number, seq: number, a: T.AnswerGiven, key?: string) => post<T.Call>(`/rounds/${round}/calls/${seq}/answer`, a, key),
  callAllAgain: (round: number, place?: string, key?: string) => post<T.Board>(`/rounds/${round}/again`, { place }, key),
  stop: (round: number, comment: string, key?: string) => post<T.Board>(`/rounds/${round}/stop`, { comment }, key),
  resume: (round: number, key?: string) => post<T.Board>(`/rounds/${round}/resume`, {}, key),

  ask: (token: string) => get<T.Ask>(`/answer/${token}`),
  answer: (token: string, a: T.AnswerGiven, key?: string) => post<T.Ask>(`/answer/${token}`, a, key),
  addPhoto: (token: string, photo: Blob, key?: string) => upload<{ hash: string }>(`/answer/${token}/photos`, photo, photo.type, undefined, key),
  myCalls: () => get<T.Items<T.Ask>>('/my/calls'),

  people: (params: Query) => get<T.Page<T.Person>>('/people', params),
  person: (id: number) => get<T.Person>(`/people/${id}`),
  addPerson: (p: T.PersonChange, key?: string) => post<T.Person>('/people', p, key),
  changePerson: (id: number, p: T.PersonChange, key?: string) => patch<T.Person>(`/people/${id}`, p, key),
  removePerson: (id: number, key?: string) => remove(`/people/${id}`, key),
  phones: (id: number) => get<{ phones: string[] }>(`/people/${id}/phones`),
  importPeople: (file: File, params: Query, key?: string) => upload<T.ImportReport>('/people/import', file, fileType(file), params, key),
  posts: (params: Query) => get<T.Page<T.PostRow>>('/posts', params),
  post: (id: number) => get<T.PostRow>(`/posts/${id}`),
  addPost: (p: T.PostChange, key?: string) => post<T.PostRow>('/posts', p, key),
  changePost: (id: number, p: T.PostChange, key?: string) => patch<T.PostRow>(`/posts/${id}`, p, key),
  removePost: (id: number, key?: string) => remove(`/posts/${id}`, key),
  coverage: (place: string) => get<T.Items<T.CoverageRow>>('/coverage', { place }),

  records: (type: string, params: Query) => get<T.Page<T.RecordRow>>(`/records/${type}`, params),
  record: (type: string, id: number) => get<T.RecordRow>(`/records/${type}/${id}`),
  addRecord: (type: string, r: T.RecordChange, key?: string) => post<T.RecordRow>(`/records/${type}`, r, key),
  changeRecord: (type: string, id: number, r: T.RecordChange, key?: string) => patch<T.RecordRow>(`/records/${type}/${id}`, r, key),
  removeRecord: (type: string, id: number, key?: string) => remove(`/records/${type}/${id}`, key),
  restoreRecord: (type: string, id: number, key?: string) => post<T.RecordRow>(`/records/${type}/${id}/restore`, {}, key),
  importRecords: (type: string, file: File, params: Query, key?: string) =>
    upload<T.ImportReport>(`/records/${type}/import`, file, fileType(file), params, key),

  links: (params: Query) => get<T.Links>('/links', params),
  link: (id: number) => get<T.LinkDetail>(`/links/${id}`),
  chart: (id: number, from: number, until: number, buckets: number, signal?: AbortSignal) => get<T.Chart>(`/links/${id}/chart`, { from, until, buckets }, signal),
  linkStates: (type?: string, signal?: AbortSignal) => get<T.LinkStates>('/links/states', { type }, signal),
  situations: (params: Query) => get<T.Page<T.Situation>>('/situations', params),
  situation: (id: number) => get<T.SituationDetail>(`/situations/${id}`),
  actOn: (id: number, verb: SituationVerb, key?: string) => post<T.SituationDetail>(`/situations/${id}/${verb}`, {}, key),
  frames: (id: number, params: Query, signal?: AbortSignal) => get<T.Searched<T.Frame>>(`/links/${id}/frames`, params, signal),
  pictures: (id: number, params: Query = {}) => get<T.Searched<T.Picture>>(`/links/${id}/pictures`, params),
  earthquakes: () => get<T.Items<T.Earthquake>>('/earthquakes'),
  reportEarthquake: (e: Omit<T.Earthquake, 'id' | 'alarms'>, key?: string) => post<{ earthquake: number }>('/earthquakes', e, key),
  rules: () => get<T.RuleBook>('/rules'),
  checkRule: (yaml: string) => post<T.RuleCheck>('/rules/check', { yaml }),
  saveRule: (id: string, yaml: string, key?: string) => put<unknown>(`/rules/${id}`, { yaml }, key),
  dropRule: (id: string, key?: string) => remove(`/rules/${id}`, key),
  switchRule: (id: string, on: boolean, key?: string) => post<unknown>(`/rules/${id}/switch`, { on }, key),
  backtest: (asked: T.BacktestAsked) => post<T.Backtest>('/rules/backtest', asked),

  journal: (params: Query) => get<T.Items<T.Fact>>('/journal', params),
  density: (params: Query) => get<T.Density>('/journal/density', params),
  verify: () => post<T.Verification>('/journal/verify'),
  system: () => get<T.SystemFacts>('/system'),
  demo: () => get<T.Demo>('/demo'),
  setDemo: (d: { start?: boolean; scenario?: 'rainstorm' | 'earthquake'; answering?: number; dead?: number }, key?: string) => post<T.Demo>('/demo', d, key),
}

function fileType(file: File) {
  if (/\.xlsx$/i.test(file.name)) return 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet'
  return /\.(geo)?json$/i.test(file.name) ? 'application/geo+json' : 'text/csv'
}
