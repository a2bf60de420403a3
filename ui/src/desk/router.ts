import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import { useScope } from './stores/scope'
import { born } from './warnings/born'
import { useReplay } from './stores/replay'
import { useSession } from './stores/session'

/** A route with `map` lies on the one map: its `left` and `right` views open beside it. Others take the whole middle. */
const onMap = { map: true }
/** With `replay` the time under the screen can be moved: the address carries `at`. */
const inTime = { map: true, replay: true }
const queue = () => import('./warnings/QueuePanel.vue')

const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/warnings' },
  { path: '/signin', name: 'signin', component: () => import('./shell/SignIn.vue'), meta: { open: true } },
  { path: '/situation', name: 'situation', meta: inTime, components: { left: () => import('./situation/LayersPanel.vue'), right: () => import('./situation/SelectedPanel.vue') } },
  { path: '/warnings', name: 'warnings', meta: onMap, components: { left: queue, right: () => import('./warnings/StartPanel.vue') } },
  { path: '/warnings/new', name: 'newWarning', meta: onMap, components: { left: queue, right: () => import('./warnings/WarningPanel.vue') } },
  { path: '/warnings/:id(\\d+)', name: 'warning', meta: inTime, components: { left: queue, right: () => import('./warnings/WarningPanel.vue') } },
  { path: '/rounds/:id(\\d+)', name: 'round', component: () => import('./board/RoundPage.vue'), meta: { replay: true } },
  { path: '/signals', redirect: (to) => ({ path: '/signals/situations', query: to.query }) },
  { path: '/signals/situations/:id(\\d+)', redirect: (to) => ({ path: '/signals/situations', query: { situation: String(to.params.id) } }) },
  { path: '/signals/:tab(situations|links|map|rules)', name: 'signals', component: () => import('./signals/SignalsPage.vue') },
  { path: '/roads', redirect: '/roads/states' },
  { path: '/roads/:tab(states|route|coverage)', name: 'roads', component: () => import('./roads/RoadsPage.vue') },
  { path: '/dispatch', redirect: '/dispatch/teams' },
  { path: '/dispatch/:tab(teams|relief|hospitals|air|missions)', name: 'dispatch', component: () => import('./dispatch/DispatchPage.vue') },
  { path: '/earthquakes', name: 'earthquakes', component: () => import('./earthquakes/EarthquakesPage.vue') },
  { path: '/earthquakes/:id(\\d+)/:tab(warning|impact|towns|observed|versions|report)?', name: 'earthquake', component: () => import('./earthquakes/QuakePage.vue') },
  { path: '/scenario/:id(\\d+)?', name: 'scenario', component: () => import('./scenario/ScenarioPage.vue') },
  { path: '/people', redirect: '/people/coverage' },
  { path: '/people/:tab(coverage|list|posts|import)', name: 'people', component: () => import('./people/PeoplePage.vue') },
  { path: '/records/:type?', name: 'records', component: () => import('./records/RecordsPage.vue') },
  { path: '/journal', name: 'journal', component: () => import('./journal/JournalPage.vue') },
  { path: '/settings/:tab(accounts|sources|rules|places|system)?', name: 'settings', component: () => import('./settings/SettingsPage.vue') },
  { path: '/:rest(.*)*', redirect: '/warnings' },
]

export const router = createRouter({ history: createWebHistory('/'), routes })

router.beforeEach(async (to, from) => {
  const session = useSession()
  if (to.meta.open) return true
  if (!session.me && !(await session.load())) return { name: 'signin', query: to.fullPath === '/' ? {} : { back: to.fullPath } }
  if (to.name === 'newWarning') Object.assign(born, { n: born.n + 1, id: 0 })
  const replay = useReplay()
  if (!to.meta.replay) replay.at = null
  else if (typeof to.query.at === 'string') replay.at = Number(to.query.at) || null
  else if (replay.at !== null) {
    if (from.name === to.name && from.params.id === to.params.id && from.query.at !== undefined) replay.at = null
    else return { ...to, query: { ...to.query, at: String(replay.at) } }
  }
  if (typeof to.query.place === 'string') void useScope().set(to.query.place)
  return true
})
