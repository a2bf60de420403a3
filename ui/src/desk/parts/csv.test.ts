import { describe, expect, it } from 'vitest'
import { toCsv } from './csv'

describe('toCsv', () => {
  it('marks UTF-8, quotes and ends lines as Excel does', () => expect(toCsv(['a', 'b'], [['1,2', 'x"y']])).toBe('\ufeffa,b\r\n"1,2","x""y"\r\n'))
  it('never begins a formula, but keeps numbers', () => expect(toCsv(['a'], [['=1+1'], ['-3.5'], ['@x']])).toBe("\ufeffa\r\n'=1+1\r\n-3.5\r\n'@x\r\n"))
})
