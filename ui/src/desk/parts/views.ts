import { ref, type Ref } from 'vue'

/** A named way to look at a list: its filters, order and place, as they stand in the address. */
export interface SavedView { name: string; query: Record<string, string> }
export const kViewsMax = 30

/** Views of one list and one account, kept in this browser. A name is used once: saving it again replaces. */
export function useViews(account: string, list: string): { views: Ref<SavedView[]>; save: (view: SavedView) => void; drop: (name: string) => SavedView | undefined } {
  const store = `anlan.views.${account}.${list}`
  const views = ref<SavedView[]>(read(store))
  const keep = (all: SavedView[]) => { views.value = all; localStorage.setItem(store, JSON.stringify(all)) }
  return {
    views,
    save: (view) => keep([...views.value.filter((v) => v.name !== view.name), view].slice(-kViewsMax)),
    drop(name) {
      const gone = views.value.find((v) => v.name === name)
      keep(views.value.filter((v) => v.name !== name))
      return gone
    },
  }
}

function read(store: string): SavedView[] {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(store) ?? '[]')
    return Array.isArray(found) ? found.filter((v): v is SavedView => typeof v?.name === 'string' && typeof v?.query === 'object') : []
  } catch {
    localStorage.removeItem(store)
    return []
  }
}

/** The same filters, in any order. */
export function sameView(a: Record<string, unknown>, b: Record<string, unknown>): boolean {
  const flat = (q: Record<string, unknown>) => JSON.stringify(Object.entries(q).filter(([, v]) => v !== '' && v != null).sort(([x], [y]) => (x < y ? -1 : 1)))
  return flat(a) === flat(b)
}
