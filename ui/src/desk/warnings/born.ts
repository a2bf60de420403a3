import { reactive } from 'vue'

/** The panel keeps its life while a new draft gets its number: draft `id` was born in the `n`th empty panel. */
export const born = reactive({ n: 0, id: 0 })
