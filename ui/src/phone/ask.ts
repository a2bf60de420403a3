/** One call to one person, as the server tells it. */
import type * as T from '../shared/types'

export type Ask = T.Ask
export type AskAnswered = T.AskAnswered
export type Option = Ask['options'][number]
export type Area = T.Geometry
export type AnswerKept = T.AnswerKept
/** What is sent: the moment of the press always goes with it. */
export type AnswerGiven = T.AnswerGiven & { pressed_at: number }

/** The words that make an answer one of the three big ones when the pack marks fewer than three as primary. */
const kUsual = [/receiv|^ack|going/, /moved|evacuat|transfer/, /support|help/]

/**
 * Splits the options into at most three big buttons, the first of them the primary one, and the rest.
 * An option never disappears: what is not big is in `other`.
 */
export function splitOptions(options: Option[]): { big: Option[]; other: Option[] } {
  const big = options.filter((o) => o.primary).slice(0, 3)
  const take = (o: Option | undefined) => {
    if (o && big.length < 3 && !big.includes(o)) big.push(o)
  }
  for (const usual of kUsual) take(options.find((o) => usual.test(o.id)))
  for (const o of options) take(o)
  return { big, other: options.filter((o) => !big.includes(o)) }
}

/** An answer as this phone shows it: kept by the server, or still in the outbox. */
export interface Shown extends AnswerKept {
  key?: string
  waiting: boolean
}

/** The moment a person acted; an answer written down by the duty room has no press. */
export function pressTime(answer: AnswerKept): number {
  return answer.pressed_at ?? answer.at
}

/** Answers of both kinds, newest first; the first is the one that counts. */
export function mergeAnswers(kept: AnswerKept[], queued: { key: string; answer: AnswerGiven; photos: unknown[] }[]): Shown[] {
  const waiting: Shown[] = queued.map((q) => ({
    ...q.answer,
    at: q.answer.pressed_at,
    channel: '',
    photos: q.photos.map(() => ''),
    key: q.key,
    waiting: true,
  }))
  return [...waiting.sort((a, b) => pressTime(b) - pressTime(a)), ...kept.map((k) => ({ ...k, waiting: false })).sort((a, b) => b.at - a.at)]
}
