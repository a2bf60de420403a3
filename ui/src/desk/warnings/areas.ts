import { api } from '@shared/api'
import type { Warning, WarningRow } from '@shared/types'
import { useMapTable } from '../map/table'

const known = new Map<string, Warning>()

/** Puts the areas of these warnings on the map; a version once read is not asked for again. */
export async function showInForce(rows: WarningRow[], chosen?: number) {
  const full = await Promise.all(rows.slice(0, 40).map(async (w) => {
    const key = `${w.id}.${w.version ?? 0}`
    if (!known.has(key)) {
      const got = await api.warning(w.id).catch(() => null)
      if (got) known.set(key, got)
    }
    return known.get(key)
  }))
  useMapTable().areas = full.filter((w): w is Warning => !!w?.geometry).map((w) => ({ id: w.id, geometry: w.geometry, level: w.level, on: w.id === chosen }))
}
