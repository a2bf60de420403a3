/*
 * Keeps the phone page's shell so that a link opened once opens again without a network. What is asked and what was
 * answered live in IndexedDB, not here. Only /a/… and /m pages and the files they name are touched; the API never is.
 */
const kCache = 'anlan-phone-1'
const kShell = '/phone-shell'
const kNetworkWait_ms = 2500

const isPhonePage = (url) => url.pathname.startsWith('/a/') || url.pathname === '/m' || url.pathname.startsWith('/m/')

/** A shell is kept only together with every file it names, so an old shell never meets missing files. */
async function keepShell(response) {
  if (!response.ok || !(response.headers.get('Content-Type') || '').includes('text/html')) return
  const html = await response.text()
  const files = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((m) => m[1])
  if (!files.some((file) => file.startsWith('/assets/'))) return
  const cache = await caches.open(kCache)
  for (const file of files) if (!(await cache.match(file))) await cache.add(file)
  await cache.put(kShell, new Response(html, { headers: { 'Content-Type': 'text/html; charset=utf-8', ...policyOf(response) } }))
  const kept = new Set([kShell, ...files])
  for (const request of await cache.keys()) if (!kept.has(new URL(request.url).pathname)) await cache.delete(request)
}

function policyOf(response) {
  const policy = response.headers.get('Content-Security-Policy')
  return policy ? { 'Content-Security-Policy': policy } : {}
}

async function openPage(event) {
  const network = fetch(event.request)
  event.waitUntil(network.then((response) => keepShell(response.clone())).catch(() => undefined))
  const kept = await caches.match(kShell, { cacheName: kCache })
  if (!kept) return network
  const slow = new Promise((resolve) => setTimeout(() => resolve(kept), kNetworkWait_ms))
  return Promise.race([network.then((r) => (r.status >= 500 ? kept : r)).catch(() => kept), slow])
}

self.addEventListener('install', (event) => {
  self.skipWaiting()
  // The page that registers this worker was loaded without it: fetch its shell once now.
  event.waitUntil(fetch(new URL(self.registration.scope).pathname === '/m' ? '/m' : '/a/0').then(keepShell).catch(() => undefined))
})

self.addEventListener('activate', (event) => event.waitUntil(self.clients.claim()))

self.addEventListener('fetch', (event) => {
  const url = new URL(event.request.url)
  if (event.request.method !== 'GET' || url.origin !== self.location.origin || url.pathname.startsWith('/api/')) return
  if (event.request.mode === 'navigate') {
    if (isPhonePage(url)) event.respondWith(openPage(event))
    return
  }
  event.respondWith(caches.match(event.request, { cacheName: kCache }).then((kept) => kept || fetch(event.request)))
})
