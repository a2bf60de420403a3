import shared from '@shared/locale/en'
import board from './en/board'
import dispatch from './en/dispatch'
import earthquakes from './en/earthquakes'
import pages from './en/pages'
import roads from './en/roads'
import rules from './en/rules'
import scenario from './en/scenario'
import shell from './en/shell'
import signals from './en/signals'
import warnings from './en/warnings'
import type { Messages } from './zh'

export default { ...shared, ...shell, ...warnings, ...board, ...pages, ...signals, ...rules, ...roads, ...dispatch, ...earthquakes, ...scenario } satisfies Messages
