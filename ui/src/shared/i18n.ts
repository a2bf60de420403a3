import { createI18n } from 'vue-i18n'
import { setApiLanguage } from './api'
import type { Named } from './types'

export type Language = 'zh' | 'en'
const stored = localStorage.getItem('anlan.language')
const first: Language = stored === 'en' ? 'en' : 'zh'

/** Each entry (desk, phone) brings its own messages; the other language is loaded when it is asked for. */
type Load = (language: Language) => Promise<Record<string, unknown>>
let load: Load = async () => ({})

export const i18n = createI18n({ legacy: false, locale: first, fallbackLocale: 'zh', messages: {}, missingWarn: false, fallbackWarn: false })
export const t = i18n.global.t as (key: string, params?: Record<string, unknown>) => string
export const te = i18n.global.te as (key: string) => boolean
export const language = () => i18n.global.locale.value as Language

export async function startLanguage(loader: Load) {
  load = loader
  await setLanguage(first)
}

export async function setLanguage(to: Language) {
  i18n.global.setLocaleMessage(to, (await load(to)) as never)
  i18n.global.locale.value = to as never
  localStorage.setItem('anlan.language', to)
  const tag = to === 'zh' ? 'zh-CN' : 'en'
  document.documentElement.lang = tag
  setApiLanguage(tag)
}

/** The name of a declared thing in the language of the reader. */
export function named(thing: Named | undefined, fallback = ''): string {
  return thing ? thing[language()] || thing.zh : fallback
}
