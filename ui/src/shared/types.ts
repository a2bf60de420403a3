/** The shapes of /api/v1 (src/web/openapi.yaml). Times are UTC milliseconds, areas GeoJSON in WGS 84. */
export type Level = 'red' | 'orange' | 'yellow' | 'blue'
export type PlaceLevel = 'country' | 'province' | 'city' | 'county' | 'town' | 'village'
export type Ring = [number, number][]
export interface Geometry { type: 'Polygon' | 'MultiPolygon'; coordinates: Ring[] | Ring[][] }
export interface Items<T> { items: T[] }
export interface Page<T> { total: number; items: T[] }
export interface Named { id: string; zh: string; en: string }

export type RoleName = 'duty' | 'approver' | 'registrar' | 'viewer' | 'admin' | 'site'
export interface Role { role: RoleName; place: string; place_name?: string }
export interface NodeFacts {
  name: string; place: string; place_path?: string; now: number; utc_offset_minutes?: number
  demo?: boolean; copy?: boolean; version?: string; duty_phone?: string
}
export interface Session {
  account: string; name: string; person?: number | null; roles: Role[]; must_change_password?: boolean; node: NodeFacts
}
export interface DemoAccount { account: string; password: string; name: string; role: string }
export interface Account {
  id: number; account: string; name: string; person?: number | null; roles: Role[]; enabled: boolean; last_sign_in?: number | null
}
export interface AccountChange {
  account?: string; name?: string; password?: string; person?: number | null; roles?: Role[]; enabled?: boolean
}

export interface PostKind extends Named { rank?: string; hazards?: string[] }
export interface AnswerMeaning extends Named { digit?: number; number?: string | null; attention?: boolean }
export interface CallRule {
  level: string; rank: string; answer_limit_s: number; tries: number; retry_after_s: number; channels: string[]
  then: ('deputy' | 'superior' | 'duty_above')[]; source?: string; effective_from?: string; verified?: boolean
}
export type FieldType = 'text' | 'number' | 'integer' | 'date' | 'choice' | 'boolean' | 'phone' | 'person'
export interface RecordField extends Named {
  type: FieldType; unit?: string; required?: boolean; choices?: Named[]; list?: boolean; filter?: boolean; personal?: boolean
}
/** Records of a type with a signal are links: sensors whose readings are watched. */
export interface Signal { unit: string; decimals?: number; code?: string; limits?: string[]; interval_s?: number }
export interface RecordType extends Named { icon?: string; generated?: boolean; fields: RecordField[]; signal?: Signal | null }
export interface Pack {
  name: string; version: string; hazards: Named[]; levels: Named[]; ranks: Named[]; post_kinds: PostKind[]
  channels: Named[]; answers: AnswerMeaning[]; call_rules: CallRule[]; record_types: RecordType[]
}

export interface QueueItem {
  kind: 'approve' | 'silent' | 'draft' | 'expiring' | 'returned' | 'cancel'; level?: Level | null; hazard?: string | null
  title: string; where: string; detail?: string; since: number; deadline?: number | null
  ask: 'approve' | 'follow_up' | 'send' | 'extend_or_cancel' | 'cancel'; count?: number; link: string
}
export interface Place {
  code: string; name: string; path: string; level: PlaceLevel; lon?: number | null; lat?: number | null
  approximate?: boolean; boundary?: boolean; bounds?: number[]; children?: number; posts?: number; people?: number; vacant?: number
}
export interface Fault { line: number; field: string; message: string }
export interface ImportReport {
  dry_run: boolean; rows: number; created: number; changed: number; unchanged: number; errors: Fault[]; remarks?: Fault[]
}
export interface Circle { lon: number; lat: number; radius_km: number }
export interface AreaAsked { geometry?: Geometry; circle?: Circle; places?: string[]; datum?: 'wgs84' | 'gcj02' | 'bd09' }
export interface Area { geometry: Geometry; km2: number; label: string; towns: number; villages: number; repaired?: boolean }

export interface WarningText { headline: string; description: string; instruction: string; message: string }
export interface WarningDraft extends Partial<WarningText> {
  hazard?: string; level?: Level; geometry?: Geometry; places?: string[]; area_label?: string
  onset?: number; expires?: number; comment?: string
}
export type WarningState = 'draft' | 'pending' | 'in_force' | 'cancelled' | 'expired' | 'superseded' | 'discarded'
export interface WarningRow {
  id: number; version?: number; state: WarningState; hazard: string; level: Level; headline: string; area_label: string
  created_at: number; issued_at?: number | null; onset?: number | null; expires: number; drafter?: string; approver?: string | null
  round?: number | null; due?: number; answered?: number; silent?: number; source?: 'drawn' | 'cap' | 'demo' | 'alarm'; exercise?: boolean
}
export type WarningAct =
  | 'edit' | 'discard' | 'restore' | 'submit' | 'approve' | 'return' | 'rehearse' | 'change' | 'extend' | 'cancel' | 'stop' | 'resume'
export interface WarningEvent { at: number; what: string; by: string; comment?: string }
export interface Warning extends WarningRow, WarningText {
  geometry: Geometry; places: string[]; km2?: number; sender_name?: string; cap_identifier?: string
  pending_change?: WarningDraft | null; rounds?: Round[]; history: WarningEvent[]; may: WarningAct[]
}
export interface CoverageRow {
  code: string; name: string; level?: PlaceLevel; lon?: number | null; lat?: number | null; posts: number; people: number; vacant: number
  no_phone?: number; stale_phone?: number; shared_phone?: number; villages_empty?: number; children?: CoverageRow[]
}
export interface Preview {
  people: number; posts: number; vacant: number; no_phone: number; stale_phone: number; shared_phone: number; outside: number
  towns?: number; villages: number; villages_empty: Place[]; channels: { id: string; people: number }[]; minutes: number
  by_place: CoverageRow[]; by_rank: { rank: string; people: number; vacant: number; answer_limit_s: number }[]
}
export type PreviewGroup = 'all' | 'vacant' | 'no_phone' | 'stale_phone' | 'shared_phone' | 'outside'
export interface PreviewPerson { post: PostRow; problem?: string }

export interface Totals {
  due: number; called: number; answered: number; silent: number; vacant?: number; escalated?: number; exhausted?: number
  attention?: number; people_moved?: number
}
export interface Round {
  id: number; warning: number; warning_version?: number; mode: 'live' | 'rehearsal'
  state: 'listing' | 'calling' | 'stopped' | 'closed'; opened_at: number; closed_at?: number | null; notices?: number | null; totals?: Totals
}
export interface BoardPlace {
  code: string; name: string; level?: PlaceLevel; lon?: number | null; lat?: number | null
  /** The posts of the place itself, without the places below it. */
  own?: boolean
  due: number; called: number; answered: number; silent: number; attention?: number
}
export interface Board {
  round: Round; warning: WarningRow; totals: Totals; place?: string; by_place: BoardPlace[]
  answers: { id: string; count: number; number?: number }[]
  progress?: { at: number; called: number; answered: number }[]; seq?: number
}
export interface PersonRef { id: number; name: string; post?: string; vacant?: boolean }
export type CallState = 'queued' | 'calling' | 'waiting' | 'answered' | 'covered' | 'escalated' | 'exhausted' | 'vacant' | 'stopped'
export interface Attempt {
  no: number; channel: string; phone_masked?: string; at: number; ended_at?: number | null
  outcome: 'placed' | 'delivered' | 'read' | 'answered' | 'no_answer' | 'busy' | 'wrong_number' | 'failed' | 'stopped' | 'rehearsed'
}
export interface AnswerKept {
  meaning: string; number?: number | null; text?: string; at: number; pressed_at?: number | null; channel: string
  by?: string; late?: boolean; lon?: number | null; lat?: number | null; photos?: string[]
}
export interface AnswerGiven {
  meaning: string; number?: number | null; text?: string; lon?: number | null; lat?: number | null
  accuracy_m?: number | null; photos?: string[]; pressed_at?: number
}
export interface Call {
  seq: number; kind: 'holder' | 'deputy' | 'superior' | 'duty_above'; state: CallState; person?: PersonRef | null; post?: number
  post_title: string; place: string; place_name: string; rank: string; phone_masked?: string; deadline?: number | null
  overdue?: boolean; posts?: string[]; because_of?: string[]; deputy?: PersonRef | null; superior?: PersonRef | null
  next_call?: number | null; covered_by?: string | null; attempts: Attempt[]; answer?: AnswerKept | null; answers?: AnswerKept[]
}
export type CallGroup = 'all' | 'silent' | 'answered' | 'attention' | 'vacant'

export interface Ask {
  token: string; state: 'open' | 'answered' | 'closed' | 'cancelled'; mode: 'live' | 'rehearsal'; now?: number; deadline?: number | null
  warning: {
    hazard: string; hazard_zh: string; hazard_en: string; level: Level; headline: string; description: string; instruction: string
    area_label: string; issued_at: number; expires: number; geometry?: Geometry
  }
  me: { name: string; posts: string[]; place_name: string; lon?: number | null; lat?: number | null }
  because_of?: string[]
  options: { id: string; zh: string; en: string; number?: string | null; primary?: boolean }[]
  answers: AnswerKept[]; duty_room?: { name: string; phone: string }
}
/** What an answer changed in the ask. */
export type AskAnswered = Pick<Ask, 'token' | 'state' | 'now' | 'deadline' | 'answers'>

export type PhoneState = 'ok' | 'none' | 'stale' | 'shared'
export interface Person {
  id: number; name: string; phones_masked: string[]; phone_state?: PhoneState; confirmed_at?: number | null; note?: string
  generated?: boolean; posts: PostRow[]; last_answers?: { round: number; at: number; meaning: string; headline: string }[]
}
export interface PersonChange { name?: string; phones?: string[]; note?: string }
export interface PostRow {
  id: number; title: string; kind: string; rank: string; hazards?: string[]; place: string; place_name: string
  record_type?: string | null; record?: number | null; record_name?: string | null
  holder?: PersonRef | null; deputy?: PersonRef | null; superior?: PersonRef | null
  deputy_post?: number | null; superior_post?: number | null; valid_from?: number | null; valid_until?: number | null
  phone_state?: PhoneState; phone_masked?: string
}
export interface PostChange {
  kind?: string; title?: string; place?: string; record_type?: string | null; record?: number | null; hazards?: string[]
  holder?: number | null; deputy_post?: number | null; superior_post?: number | null; valid_from?: number | null; valid_until?: number | null
}
export type FieldValue = string | number | boolean | null
export interface RecordRow {
  id: number; type: string; name: string; place: string; place_name?: string; lon?: number | null; lat?: number | null
  fields: Record<string, FieldValue>; generated?: boolean; changed_at?: number; posts?: PostRow[]
}
export interface RecordChange {
  name?: string; place?: string; lon?: number | null; lat?: number | null; fields?: Record<string, FieldValue>
}
export interface Fact {
  seq: number; at: number; kind: string; actor: string; place?: string; subject: string; sentence: string; body: unknown; hash?: string
}
export interface CapSource { id: number; url: string; interval_s: number; last_ok_at?: number | null; last_error?: string | null }
export interface CapImport { warnings: WarningRow[]; remarks: Fault[] }
export interface SearchHits { places: Place[]; people: Person[]; records: RecordRow[]; warnings: WarningRow[] }
export interface MapFacts { bounds: number[]; base_maps: { id: string; name: string; url: string; attribution?: string }[] }
export interface Density { from: number; to: number; counts: number[] }
export interface Verification { ok: boolean; facts: number; head: string; problem?: string }
export interface SystemFacts {
  version?: string; store?: string; facts?: number; disk_free_mb?: number; writer_queue?: number; sockets?: number
  channels?: Record<string, unknown>[]
}
export interface Demo { available: boolean; running?: boolean; shaking?: boolean; warning?: number | null; answering?: number; dead?: number }

export type LinkState = 'never' | 'fresh' | 'late' | 'silent' | 'implausible' | 'flat'
export type AlarmLevel = Level | 'none'
export interface Link {
  id: number; name: string; code: string; type: string; place: string; place_name: string; lon?: number | null; lat?: number | null
  unit: string; value?: number | null; at?: number | null; state: LinkState; level: AlarmLevel
  /** Its readings contradict those of its neighbours. */
  suspect?: boolean
}
/** `states`: how many of the filtered links are in each state, whatever state is asked for. */
export interface Links extends Page<Link> { states: Partial<Record<LinkState, number>> }
export interface Limit extends Named { value?: number | null }
export interface LinkRule {
  rule: string; zh: string; en: string; level: AlarmLevel; since?: number | null; windows: { text: string; value?: number | null }[]
}
export interface Alarm {
  id: number; situation: number; link: number; name: string; place_name?: string; lon?: number | null; lat?: number | null
  rule: string; rule_zh: string; rule_en?: string; level: Level; highest?: Level; value: number; unit: string
  at: number; raised_at: number; cleared_at?: number | null
  /** The type of the record it stands at when that is no link; what it follows from; when what it warns of arrives. */
  object_type?: string | null; cause?: string | null; due?: number | null
}
export interface LinkDetail extends Link {
  interval_s?: number; limits: Limit[]; rules: LinkRule[]; alarms?: Alarm[]; frame: { at: number; from?: string; text: string } | null
}
/** `searched_from`: what was received before it was not looked at. */
export interface Searched<T> extends Items<T> { searched_from?: number | null }
export interface Picture { number: number; at: number; protocol: string; from: string; size: number }
/** Bytes as hex, text as text. */
export interface Frame extends Picture { format: 'hex' | 'text'; text: string }
/** `raw`: points are readings [at, value]; else buckets [start, min, mean, max, count]. */
export interface Chart { link: number; unit: string; from: number; until: number; raw: boolean; points: number[][]; limits?: Limit[] }
/** Columns of equal length. state: 0 never, 1 fresh, 2 late, 3 silent, 4 implausible, 5 flat; level: 0 none, 1 blue … 4 red. */
export interface LinkStates { id: number[]; lon: number[]; lat: number[]; state: number[]; level: number[]; suspect?: (0 | 1 | boolean)[] }
export type Trend = 'rising' | 'steady' | 'falling'
export interface Situation {
  id: number; state: 'open' | 'taken' | 'closed'; hazard: string; level: AlarmLevel; highest?: Level; place: string; place_name: string
  headline?: string; opened_at: number; changed_at: number; closed_at?: number | null; taken_by?: string | null; taken_at?: number | null
  alarms: number; links: number; trend?: Trend; warning?: number | null; warning_state?: WarningState | null; propose_cancel?: boolean
  may?: ('take' | 'release' | 'draft')[]
}
export interface SituationDetail extends Situation { items: Alarm[]; towns?: { code: string; name: string; alarms: number; level: AlarmLevel }[] }
export interface RuleStep { level: Level; when: string }
/** What every kind of rule says of itself; `yaml` is the text it is kept as. */
export interface RuleHead extends Named {
  hazard: string; source: string; effective_from?: string; verified: boolean; draft_from?: Level | null
  /** From this level on a warning is issued without a person's approval: every screen says so. */
  issue_from?: Level | null
  on?: boolean; own?: boolean; changed_by?: string | null; changed_at?: number | null; fault?: string | null; yaml?: string
  links?: number; standing?: number; raised_week?: number
}
export interface AlarmRule extends RuleHead {
  type: string; steps: RuleStep[]; hold_s?: number; reports?: number; clear_after_s?: number; margin?: number
}
export interface AreaRule extends RuleHead { over: string; by?: string | null; within_km?: number | null; steps: RuleStep[]; hold_s?: number; clear_after_s?: number }
export interface SpotRule extends RuleHead { steps: { level: Level; least_mw: number }[]; clear_after_s?: number }
/** What follows from an alarm of `from` (a rule, or "earthquake") at records of type `to`. */
export interface Chain extends RuleHead {
  from: string; to: string; within_km?: number | null; same?: string | null; by?: string | null; travel?: string | null
  steps: { level: Level; at?: Level | null; intensity?: number | null }[]; clear_after_s?: number
}
export type AnyRule = AlarmRule | AreaRule | SpotRule | Chain
export interface UnreadRule { id: string; yaml: string; fault?: string | null }
export interface RuleBook extends Items<AlarmRule> { areas?: AreaRule[]; chains?: Chain[]; spots?: SpotRule[]; unreadable?: UnreadRule[]; fault?: string | null }
export interface RuleFault { line: number; field: string; zh: string; en: string }
export interface RuleCheck { ok: boolean; faults: RuleFault[] }
export interface Earthquake { id: number; at: number; lon: number; lat: number; magnitude: number; depth_km: number; name: string; alarms?: number }
/** What the early warning says of a running earthquake. */
export interface Countdown {
  earthquake: number; number: number; made: number; origin: number; lon: number; lat: number; depth_km: number; magnitude: number; magnitude_sigma?: number | null
  stations: number; final: boolean; cancelled: boolean; drill: boolean; blind_km: number; picks: { station: string; lon: number; lat: number; at: number }[]
}
export interface BacktestAsked {
  yaml?: string; type?: string; steps?: RuleStep[]; hold_s?: number; reports?: number; clear_after_s?: number; margin?: number; place?: string
  from: number; until: number; peaks?: { link: number; above: number; gap_h: number }
}
export interface BacktestAlarm { link: number; name: string; level: Level; from: number; until?: number | null; peak: number }
export interface Backtest {
  readings: number; links: number; from: number; until: number; total: number; alarms: BacktestAlarm[]
  score?: { peaks: number; warned: number; missed: number; false_alarms: number; lead_minutes?: number | null } | null
}
