import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import en from './en'
import zh from './zh'

const flat = (o: object, at = ''): [string, string][] => Object.entries(o).flatMap(([k, v]) => (typeof v === 'string' ? [[at + k, v] as [string, string]] : flat(v as object, `${at}${k}.`)))
const names = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort().join()
const sources = (dir: string): string[] => readdirSync(dir, { withFileTypes: true }).flatMap((e) => (e.isDirectory() ? (e.name === 'i18n' || e.name === 'locale' ? [] : sources(join(dir, e.name))) : /\.(vue|ts)$/.test(e.name) && !e.name.includes('.test.') ? [join(dir, e.name)] : []))

describe('messages', () => {
  const chinese = new Map(flat(zh))
  it('have the same keys and parameters in both languages', () => {
    const english = new Map(flat(en))
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
    for (const [k, v] of chinese) expect(`${k} ${names(english.get(k)!)}`).toBe(`${k} ${names(v)}`)
  })
  it('exist for every key the desk asks for, and hold every word it shows', () => {
    for (const file of [...sources('src/desk'), ...sources('src/shared')]) {
      const text = readFileSync(file, 'utf8')
      for (const [, key] of text.matchAll(/\bt\('([\w.]+)'/g)) expect(chinese.has(key), `${file}: ${key}`).toBe(true)
      const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*|<!--[\s\S]*?-->/g, '')
      expect([...code.matchAll(/[\u4e00-\u9fff]+/g)].map((m) => m[0]), file).toEqual([])
    }
  })
})
