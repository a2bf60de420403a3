/**
 * What the phone keeps: waiting answers and the last known asks, in IndexedDB. Where a browser has none (some private
 * modes and embedded views) both live in memory and `durable` is false, so that the page can say "do not close me".
 */
import type { Ask } from './ask'
import type { Queued, Store } from './outbox'

const kAsksMax = 50

export interface PhoneStore extends Store {
  durable: boolean
  lastAsk(token: string): Promise<Ask | null>
  keepAsk(ask: Ask): Promise<void>
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open('anlan-phone', 1)
  request.onupgradeneeded = () => {
    request.result.createObjectStore('outbox', { keyPath: 'key' })
    request.result.createObjectStore('asks', { keyPath: 'token' })
  }
  return done(request)
}

export async function openStore(): Promise<PhoneStore> {
  let database: IDBDatabase
  try {
    database = await openDatabase()
  } catch {
    return memoryStore()
  }
  const table = (name: 'outbox' | 'asks', mode: IDBTransactionMode) => database.transaction(name, mode).objectStore(name)
  const write = (name: 'outbox' | 'asks', run: (table: IDBObjectStore) => void) =>
    new Promise<void>((resolve, reject) => {
      const transaction = database.transaction(name, 'readwrite')
      run(transaction.objectStore(name))
      transaction.oncomplete = () => resolve()
      transaction.onerror = transaction.onabort = () => reject(transaction.error)
    })
  return {
    durable: true,
    all: () => done<Queued[]>(table('outbox', 'readonly').getAll()),
    put: (item) => write('outbox', (t) => t.put(item)),
    remove: (key) => write('outbox', (t) => t.delete(key)),
    lastAsk: async (token) => (await done<{ ask: Ask } | undefined>(table('asks', 'readonly').get(token)))?.ask ?? null,
    async keepAsk(ask) {
      const kept = await done<{ token: string; at: number }[]>(table('asks', 'readonly').getAll())
      const oldest = kept.sort((a, b) => b.at - a.at).slice(kAsksMax - 1)
      await write('asks', (t) => {
        for (const row of oldest) t.delete(row.token)
        t.put({ token: ask.token, at: Date.now(), ask: JSON.parse(JSON.stringify(ask)) })
      })
    },
  }
}

export function memoryStore(): PhoneStore {
  const items = new Map<string, Queued>()
  const asks = new Map<string, Ask>()
  return {
    durable: false,
    all: async () => [...items.values()],
    put: async (item) => void items.set(item.key, item),
    remove: async (key) => void items.delete(key),
    lastAsk: async (token) => asks.get(token) ?? null,
    keepAsk: async (ask) => void asks.set(ask.token, ask),
  }
}
