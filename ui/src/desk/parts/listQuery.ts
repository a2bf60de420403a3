import { reactive, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { useScope } from '../stores/scope'

/** Filters of a list live in the address bar, so that a view can be sent to a colleague. `place` is the scope of the desk. */
export function useListQuery(names: string[]) {
  const route = useRoute()
  const router = useRouter()
  const scope = useScope()
  const values = reactive<Record<string, string>>({})
  const read = () => { for (const n of names) values[n] = typeof route.query[n] === 'string' ? (route.query[n] as string) : '' }
  read()
  const name = route.name
  watch(() => route.query, () => { if (route.name === name) read() })
  watch(() => [JSON.stringify(values), scope.code], () => {
    const query: Record<string, string> = {}
    for (const [k, v] of Object.entries(route.query)) if (!names.includes(k) && typeof v === 'string') query[k] = v
    for (const n of names) if (values[n]) query[n] = values[n]
    query.place = scope.code
    if (route.name === name && JSON.stringify(query) !== JSON.stringify(route.query)) void router.replace({ query, params: route.params })
  })
  return values
}
