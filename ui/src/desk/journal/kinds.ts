import type { Fact } from '@shared/types'

/** Facts that the calling machine writes by the hundred: a stretch of them is shown as one line until it is opened. */
const machine = new Set(['CallsListed', 'AttemptsPlaced', 'AttemptsEnded', 'CallsRequeued', 'CallsEscalated', 'PhoneConfirmed', 'CapPolled', 'PersonalDataRead', 'AlarmRaised', 'AlarmChanged', 'AlarmCleared'])
/** The kinds offered as a filter, in the order of the work. Others are found by text. */
export const kinds = ['WarningDrafted', 'WarningSubmitted', 'WarningReturned', 'WarningIssued', 'WarningChangeProposed', 'WarningChanged', 'WarningExtended', 'WarningCancelled', 'WarningExpired', 'WarningDiscarded',
  'SituationOpened', 'SituationTaken', 'SituationReleased', 'SituationWarned', 'SituationClosed', 'AlarmRaised', 'AlarmChanged', 'AlarmCleared',
  'RoundOpened', 'CallAnswered', 'CallsEscalated', 'RoundStopped', 'RoundResumed', 'RoundClosed', 'PersonAdded', 'PersonChanged', 'PersonRemoved', 'PostAdded', 'PostChanged', 'PostRemoved', 'PeopleImported', 'PersonalDataRead',
  'RecordAdded', 'RecordChanged', 'RecordRemoved', 'RecordRestored', 'RecordsImported', 'PlacesImported', 'AccountAdded', 'AccountChanged', 'SignedIn', 'SignInRefused', 'CapSourceAdded', 'CapSourceRemoved'] as const

export interface Row { fact: Fact; fold?: Fact[] }

/** One row per fact; stretches of two and more machine facts become one row, unless their first is in `open`. */
export function folded(facts: Fact[], open: Set<number>): Row[] {
  const rows: Row[] = []
  for (let i = 0; i < facts.length; ) {
    let end = i
    while (end < facts.length && machine.has(facts[end].kind)) end++
    const stretch = facts.slice(i, end)
    if (stretch.length > 1 && !open.has(stretch[0].seq)) { rows.push({ fact: stretch[0], fold: stretch }); i = end }
    else { rows.push({ fact: facts[i] }); i++ }
  }
  return rows
}
/** Opening a stretch opens all of it: the seqs of all its facts. */
export const seqsOf = (row: Row) => (row.fold ?? [row.fact]).map((f) => f.seq)

/** Where the thing a fact is about can be looked at: "warning:3" → /warnings/3. */
export function pathOf(subject: string): string | null {
  const [, kind, id] = /^(warning|round|person|post|situation)[:/](\d+)$/.exec(subject) ?? []
  return kind === 'warning' ? `/warnings/${id}` : kind === 'round' ? `/rounds/${id}` : kind === 'person' ? `/people/list?person=${id}` : kind === 'situation' ? `/signals/situations?situation=${id}` : kind === 'post' ? `/people/posts?post=${id}` : null
}
