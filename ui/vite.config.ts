import { fileURLToPath } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

/** The policy of a node, so that `vite preview` refuses what a node would refuse. */
const policy = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; img-src 'self' data: blob:; connect-src 'self'"

/** ANLAN_API=http://127.0.0.1:8080 sends /api to a running node; without it the dev mock answers. */
export default defineConfig(async ({ command, mode }) => {
  const node = process.env.ANLAN_API
  const mock = command === 'serve' && mode !== 'test' && !node
  const proxy = node ? { '/api': { target: node, ws: true }, '/tiles': { target: node } } : undefined
  return {
    plugins: [vue(), ...(mock ? [(await import('./mock/plugin')).mockNode()] : [])],
    resolve: { alias: { '@shared': here('./src/shared'), '@desk': here('./src/desk') } },
    define: {
      __VUE_I18N_LEGACY_API__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'true',
      __INTLIFY_DROP_MESSAGE_COMPILER__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
    },
    build: {
      target: 'es2022',
      chunkSizeWarningLimit: 1200,
      modulePreload: { polyfill: false },
      rollupOptions: { input: { desk: here('./index.html'), phone: here('./phone.html') } },
    },
    optimizeDeps: { include: ['echarts/core', 'echarts/charts', 'echarts/components', 'echarts/renderers', 'maplibre-gl', 'element-plus/es/components/date-picker/index.mjs', 'element-plus/es/components/config-provider/index.mjs', 'dayjs', 'dayjs/locale/zh-cn'] },
    server: { port: 5173, proxy },
    preview: { port: 4173, proxy, headers: { 'Content-Security-Policy': policy } },
    test: { environment: 'happy-dom', include: ['src/**/*.test.ts'] },
  }
})
