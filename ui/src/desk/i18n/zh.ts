import shared from '@shared/locale/zh'
import board from './zh/board'
import pages from './zh/pages'
import shell from './zh/shell'
import warnings from './zh/warnings'

const zh = { ...shared, ...shell, ...warnings, ...board, ...pages }
export type Messages = typeof zh
export default zh
