import shared from '@shared/locale/zh'
import board from './zh/board'
import dispatch from './zh/dispatch'
import earthquakes from './zh/earthquakes'
import pages from './zh/pages'
import roads from './zh/roads'
import rules from './zh/rules'
import scenario from './zh/scenario'
import shell from './zh/shell'
import signals from './zh/signals'
import warnings from './zh/warnings'

const zh = { ...shared, ...shell, ...warnings, ...board, ...pages, ...signals, ...rules, ...roads, ...dispatch, ...earthquakes, ...scenario }
export type Messages = typeof zh
export default zh
