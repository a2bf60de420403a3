import { ref, watchEffect } from 'vue'

export type Theme = 'dark' | 'light'
export const theme = ref<Theme>(localStorage.getItem('anlan.theme') === 'light' ? 'light' : 'dark')
watchEffect(() => {
  document.documentElement.dataset.theme = theme.value
  localStorage.setItem('anlan.theme', theme.value)
})
