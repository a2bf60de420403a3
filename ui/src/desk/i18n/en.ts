import shared from '@shared/locale/en'
import board from './en/board'
import pages from './en/pages'
import rules from './en/rules'
import shell from './en/shell'
import signals from './en/signals'
import warnings from './en/warnings'
import type { Messages } from './zh'

export default { ...shared, ...shell, ...warnings, ...board, ...pages, ...signals, ...rules } satisfies Messages
