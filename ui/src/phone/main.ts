import { createApp } from 'vue'
import '../shared/tokens.css'
import './phone.css'
import App from './App.vue'
import { i18n } from './i18n'
import { startPhone } from './phone'

// Sunlight first: light unless the phone itself is set to dark.
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => (document.documentElement.dataset.theme = dark.matches ? 'dark' : 'light')
follow()
dark.addEventListener?.('change', follow)

void startPhone().then(() => createApp(App).use(i18n).mount('#app'))

// Opening without a network is a comfort, not a need: plain http and old browsers go without.
if (import.meta.env.PROD && 'serviceWorker' in navigator && isSecureContext) {
  const scope = location.pathname.startsWith('/a/') ? '/a/' : '/m'
  navigator.serviceWorker.register('/phone-worker.js', { scope }).catch(() => undefined)
}
