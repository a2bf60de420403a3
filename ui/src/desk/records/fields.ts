import { t, named } from '@shared/i18n'
import type { FieldValue, RecordField } from '@shared/types'
import { numberText } from '@shared/words'

/** How a declared field is read by people. Numbers keep their unit; choices show their name. */
export function fieldText(f: RecordField, v: FieldValue | undefined, unit = true): string {
  if (v === null || v === undefined || v === '') return ''
  if (f.type === 'boolean') return t(v ? 'part.yes' : 'part.no')
  if (f.type === 'choice') return named(f.choices?.find((c) => c.id === v), String(v))
  if (f.type === 'number' || f.type === 'integer') return numberText(Number(v), f.type === 'number' ? 3 : 0) + (unit && f.unit ? ` ${f.unit}` : '')
  return String(v)
}
export const isNumber = (f: RecordField) => f.type === 'number' || f.type === 'integer'
/** The heading of a column carries the unit once. */
export const fieldTitle = (f: RecordField) => (f.unit ? t('mark.aside', { text: named(f), more: f.unit }) : named(f))
