import shared from '@shared/locale/zh'
import board from './zh/board'
import pages from './zh/pages'
import rules from './zh/rules'
import shell from './zh/shell'
import signals from './zh/signals'
import warnings from './zh/warnings'

const zh = { ...shared, ...shell, ...warnings, ...board, ...pages, ...signals, ...rules }
export type Messages = typeof zh
export default zh
