/** The node's API as another program uses it: to set a scene quickly and to see what the node holds. */

/** By role, from what the node offers on its sign-in page: 401 of GET /session carries demo.accounts on a demo node. */
export async function demoAccounts(base) {
  const reply = await fetch(`${base}/api/v1/session`, { headers: { Accept: 'application/json' } }).catch((error) => {
    throw new Error(`no node at ${base}: ${error.cause?.code ?? error.message}`)
  })
  const body = await reply.json().catch(() => ({}))
  const offered = body.demo?.accounts ?? body.error?.details?.demo_accounts ?? []
  const found = {}
  for (const a of offered) found[a.role] ??= { account: a.account, password: a.password, name: a.name }
  for (const role of ['duty', 'approver', 'registrar', 'admin']) {
    found[role] ??= { account: process.env[`ANLAN_E2E_${role.toUpperCase()}`] ?? role, password: process.env.ANLAN_E2E_PASSWORD ?? 'demo' }
  }
  return found
}

let counter = 0

export class NodeApi {
  constructor(base, cookie) {
    this.base = base
    this.cookie = cookie
  }

  static async signIn(base, { account, password }) {
    const api = new NodeApi(base, '')
    const reply = await api.#send('POST', '/session', { account, password })
    if (!reply.ok) throw new Error(`cannot sign in as ${account}: ${reply.status} ${await reply.text()}`)
    // Debian's Node 18 has no getSetCookie: there the header is one text.
    const set = reply.headers.getSetCookie?.() ?? (reply.headers.get('set-cookie') ?? '').split(/,(?=\s*[\w-]+=)/)
    api.cookie = set.map((c) => c.split(';')[0].trim()).join('; ')
    return api
  }

  #send(method, path, body, headers = {}) {
    return fetch(`${this.base}/api/v1${path}`, {
      method,
      headers: {
        Accept: 'application/json',
        ...(this.cookie ? { Cookie: this.cookie } : {}),
        ...(method === 'GET' ? {} : { 'Idempotency-Key': `journey-${process.pid}-${Date.now()}-${++counter}`, 'Content-Type': 'application/json' }),
        ...headers,
      },
      body: body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body),
    })
  }

  async ask(method, path, body, headers) {
    const reply = await this.#send(method, path, body, headers)
    const text = await reply.text()
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${text.slice(0, 300)}`)
    return text ? JSON.parse(text) : undefined
  }

  /** Signs in with a password somebody else has set and puts `fresh` in its place, which the node wants first. */
  static async firstSignIn(base, { account, password }, fresh) {
    const api = await NodeApi.signIn(base, { account, password })
    await api.post('/session/password', { old: password, new: fresh })
    return api
  }

  get = (path) => this.ask('GET', path)
  post = (path, body = {}) => this.ask('POST', path, body)
}

/**
 * A warning in force with an open round, drafted by the duty officer and approved by the approver, over the node's place
 * or `places`; gives { warning, round }.
 */
export async function warn(base, accounts, { hazard = 'rainstorm', level = 'orange', places } = {}) {
  const duty = await NodeApi.signIn(base, accounts.duty)
  const { node } = await duty.get('/session')
  const area = { places: places ?? [node.place] }
  const { geometry, label } = await duty.post('/areas/normalise', area)
  const draft = { hazard, level, ...area, geometry, area_label: label, expires: node.now + 6 * 3_600_000 }
  const text = await duty.post('/warnings/text', draft)
  const drafted = await duty.post('/warnings', { ...draft, ...text })
  let warning = await duty.post(`/warnings/${drafted.id}/submit`)
  if (warning.state === 'pending') {
    const approver = await NodeApi.signIn(base, accounts.approver)
    warning = await approver.post(`/warnings/${drafted.id}/approve`, { comment: '' })
  }
  // The round is opened by a reaction, a moment after the approval.
  let round = null
  for (let i = 0; i < 100 && !round; i++) {
    warning = await duty.get(`/warnings/${drafted.id}`)
    round = warning.round ?? warning.rounds?.find((r) => r.mode === 'live' && r.state !== 'closed')?.id
    if (!round) await new Promise((done) => setTimeout(done, 50))
  }
  return { warning, round, duty }
}

/** The `n` towns with most posts of the county that has most: small enough to watch every call. */
export async function busiestTowns(api, n = 1) {
  const { node } = await api.get('/session')
  let code = node.place
  for (;;) {
    const rows = (await api.get(`/coverage?place=${code}`)).items.filter((r) => r.code !== code).sort((a, b) => b.people - a.people)
    if (rows[0].level === 'town' || rows[0].code.length >= 9) return rows.slice(0, n).map((r) => r.code)
    code = rows[0].code
  }
}

/** Ends a warning that a journey began; the approver does it where the duty officer may not. */
export async function lift(base, accounts, id) {
  for (const who of [accounts.duty, accounts.approver]) {
    const api = await NodeApi.signIn(base, who)
    const done = await api.post(`/warnings/${id}/cancel`, { comment: '雨停了' }).then(() => true, () => false)
    if (done) return
  }
  throw new Error(`warning ${id} cannot be cancelled`)
}
