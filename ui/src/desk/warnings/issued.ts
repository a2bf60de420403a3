import type { Warning } from '@shared/types'

/** The node gives this reason when a rule of the pack issues a warning without a person. */
const kGranted = 'issued automatically by a rule'
export const issuedByRule = (w: Pick<Warning, 'history'>): boolean => w.history.some((h) => h.what === 'issued' && !!h.comment?.includes(kGranted))
