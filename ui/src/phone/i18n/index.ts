import { createI18n } from 'vue-i18n'
import { speak } from '../server'
import en from './en'
import zh from './zh'

const kKept = 'anlan-phone-language'

function keptLanguage(): string | null {
  try {
    return localStorage.getItem(kKept)
  } catch {
    return null
  }
}

/** Chinese first: English only when chosen before or when the phone itself speaks English. */
const first = keptLanguage() ?? (/^en\b/i.test(navigator.language) ? 'en' : 'zh')

export const i18n = createI18n({ legacy: false, locale: first, fallbackLocale: 'zh', messages: { zh, en } })

export function useLanguage(locale: 'zh' | 'en'): void {
  i18n.global.locale.value = locale
  document.documentElement.lang = locale === 'zh' ? 'zh-CN' : 'en'
  document.title = `${i18n.global.t('title')} · ${i18n.global.t('app')}`
  speak(locale)
}

export function chooseLanguage(locale: 'zh' | 'en'): void {
  useLanguage(locale)
  try {
    localStorage.setItem(kKept, locale)
  } catch {
    // A browser without storage asks again next time.
  }
}

useLanguage(first === 'en' ? 'en' : 'zh')
