/** What a change of a warning in force does to the people on its list. A change opens a new round with a list of its own. */
import { api } from '@shared/api'
import type { Call, CallRule, Level, Preview, PreviewPerson, WarningDraft } from '@shared/types'

export interface Someone { id: string; name: string; place: string; post: string; rank: string; phone: string; answered: boolean }
export interface Effect {
  people: number
  /** Null when there are too many names to compare. */
  names: { comes: Someone[]; stays: Someone[]; leaves: Someone[] } | null
  /** Ranks that the level adds or drops. */
  ranksCome: string[]
  ranksLeave: string[]
  limits: { rank: string; before_s: number; after_s: number }[]
  preview: Preview
}

const ofCall = (c: Call): Someone => ({ id: `p${c.person!.id}`, name: c.person!.name, place: c.place_name, post: c.post_title, rank: c.rank, phone: c.phone_masked ?? '', answered: c.state === 'answered' || c.state === 'covered' })
const ofPost = ({ post }: PreviewPerson): Someone => ({ id: `p${post.holder!.id}`, name: post.holder!.name, place: post.place_name, post: post.title, rank: post.rank, phone: post.phone_masked ?? '', answered: false })
const once = (list: Someone[]) => [...new Map(list.map((s) => [s.id, s])).values()]

function byRules(rules: CallRule[], before: Level, after: Level): Pick<Effect, 'ranksCome' | 'ranksLeave' | 'limits'> {
  const of = (level: Level) => new Map(rules.filter((r) => r.level === level).map((r) => [r.rank, r.answer_limit_s]))
  const was = of(before)
  const will = of(after)
  return {
    ranksCome: [...will.keys()].filter((r) => !was.has(r)),
    ranksLeave: [...was.keys()].filter((r) => !will.has(r)),
    limits: [...will].filter(([r, s]) => was.has(r) && was.get(r) !== s).map(([rank, after_s]) => ({ rank, before_s: was.get(rank)!, after_s })),
  }
}

/** From the names of both lists: `proposed` are the people the node would call. */
export function effectOf(calls: Call[], proposed: PreviewPerson[] | null, rules: CallRule[], before: Level, after: Level, preview: Preview): Effect {
  const rule = byRules(rules, before, after)
  if (!proposed) return { ...rule, people: preview.people, names: null, preview }
  const now = once(calls.filter((c) => c.kind === 'holder' && c.person).map(ofCall))
  const will = once(proposed.filter((p) => p.post.holder).map(ofPost))
  const wasThere = new Set(now.map((s) => s.id))
  const willBe = new Set(will.map((s) => s.id))
  return { ...rule, people: will.length, names: { comes: will.filter((s) => !wasThere.has(s.id)), stays: now.filter((s) => willBe.has(s.id)), leaves: now.filter((s) => !willBe.has(s.id)) }, preview }
}

export const kNamesRead = 5000
/** All names a proposal would call; without `draft` those of the change that waits for approval. */
export async function proposedPeople(id: number, draft: WarningDraft | null): Promise<PreviewPerson[]> {
  const all: PreviewPerson[] = []
  for (;;) {
    const params = { group: 'all', offset: all.length, limit: 500 }
    const got = draft ? await api.previewChangePeople(id, draft, params) : await api.previewPeople(id, params)
    all.push(...got.items)
    if (!got.items.length || all.length >= Math.min(got.total, kNamesRead)) return all
  }
}
