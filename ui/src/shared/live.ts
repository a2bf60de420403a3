import { reactive } from 'vue'
import { href } from './api'
import type { Board, Countdown } from './types'

export type LiveMessage =
  | { type: 'hello'; seq: number; now: number; demo?: boolean }
  | { type: 'board'; round: number; seq: number; board: Board; changed: number[] }
  | { type: 'warnings'; seq: number; ids: number[] }
  | { type: 'queue' | 'place' | 'people' | 'records' | 'signals' | 'missions'; seq: number }
  | { type: 'earthquakes'; seq: number; earthquakes: number[]; warning: Countdown | null }
  | { type: 'ping'; now: number }
type Kind = LiveMessage['type']
type Handler<K extends Kind> = (message: Extract<LiveMessage, { type: K }>) => void

/** What the top bar shows: is the link up, and how old is what we see. `skew` = node clock minus this machine's. */
export const link = reactive({ up: false, ever: false, heardAt: 0, skew: 0, next: 0 })

const topics = new Map<string, number>()
const handlers = new Map<Kind, Set<(message: never) => void>>()
const comebacks = new Set<() => void>()
let socket: WebSocket | null = null
let wanted = false
let tries = 0
let timer = 0

/** The node pings; silence this long means the link is dead although the socket has not noticed. */
const silenceMs = 45_000
/** Close code of the node when the session is over. */
const sessionEnded = 4401
let sessionOver = () => {}
export function onSessionOver(f: () => void) { sessionOver = f }
const backoffMs = [500, 1000, 2000, 4000, 8000, 15_000]

export function connectLive() {
  wanted = true
  if (!socket) open()
}

export function closeLive() {
  wanted = false
  clearTimeout(timer)
  socket?.close()
  socket = null
  link.up = false
}

export function on<K extends Kind>(kind: K, handler: Handler<K>): () => void {
  const set = handlers.get(kind) ?? new Set()
  handlers.set(kind, set)
  set.add(handler as (message: never) => void)
  return () => set.delete(handler as (message: never) => void)
}

/** Called after a reconnect: lists must be read again, for messages may have been missed. */
export function onComeback(f: () => void): () => void {
  comebacks.add(f)
  return () => comebacks.delete(f)
}

/** Adds a topic until the returned function is called. Topics are counted; the node always gets the full set. */
export function subscribe(topic: string): () => void {
  topics.set(topic, (topics.get(topic) ?? 0) + 1)
  sendTopics()
  let held = true
  return () => {
    if (!held) return
    held = false
    const left = (topics.get(topic) ?? 1) - 1
    if (left > 0) topics.set(topic, left)
    else topics.delete(topic)
    sendTopics()
  }
}

function sendTopics() {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ subscribe: [...topics.keys()] }))
}

function open() {
  clearTimeout(timer)
  const mine = new WebSocket(href.live())
  socket = mine
  mine.onopen = () => {
    const again = link.ever
    tries = 0
    Object.assign(link, { up: true, ever: true, heardAt: Date.now() })
    sendTopics()
    if (again) for (const f of comebacks) f()
  }
  mine.onmessage = (event) => {
    link.heardAt = Date.now()
    const message = JSON.parse(String(event.data)) as LiveMessage
    if ('now' in message) link.skew = message.now - Date.now()
    for (const f of handlers.get(message.type) ?? []) f(message as never)
  }
  mine.onclose = (event) => {
    if (socket !== mine) return
    socket = null
    link.up = false
    if (event.code === sessionEnded) { wanted = false; sessionOver() }
    if (wanted) reopenLater()
  }
}

function reopenLater() {
  const wait = backoffMs[Math.min(tries++, backoffMs.length - 1)] * (0.8 + Math.random() * 0.4)
  link.next = Date.now() + wait
  timer = window.setTimeout(open, wait)
}

setInterval(() => {
  if (link.up && Date.now() - link.heardAt > silenceMs) socket?.close()
}, 5000)
if (typeof window !== 'undefined') {
  window.addEventListener('online', () => { if (wanted && !socket) open() })
}
