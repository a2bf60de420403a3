import '@shared/tokens.css'
import './base.css'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { onSignInNeeded, onUnreachable } from '@shared/api'
import { onSessionOver } from '@shared/live'
import { i18n, startLanguage, t, type Language } from '@shared/i18n'
import '@shared/theme'
import App from './App.vue'
import { router } from './router'
import { useSession } from './stores/session'

const loaders: Record<Language, () => Promise<{ default: Record<string, unknown> }>> = {
  zh: () => import('./i18n/zh'),
  en: () => import('./i18n/en'),
}

async function start() {
  await startLanguage(async (language) => (await loaders[language]()).default)
  onUnreachable((error) => ({
    message: t(error ? 'failed.unreachable' : 'failed.unexpected'),
    next: t('failed.unreachableNext'),
  }))
  const app = createApp(App).use(createPinia()).use(i18n)
  const session = useSession()
  const signInAgain = () => {
    session.forget()
    const here = router.currentRoute.value
    if (here.name !== 'signin') void router.push({ name: 'signin', query: { back: here.fullPath } })
  }
  onSignInNeeded(signInAgain)
  onSessionOver(signInAgain)
  app.use(router)
  await router.isReady()
  app.mount('#app')
}

void start()
