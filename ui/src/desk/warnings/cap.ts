import { computed, ref } from 'vue'
import { useRouter } from 'vue-router'
import { api } from '@shared/api'
import { t } from '@shared/i18n'
import type { Fault } from '@shared/types'
import { useAction } from '../parts/action'
import { useNotes } from '../stores/notes'
import { useQueue } from '../stores/queue'

/** Reads a CAP file into drafts and opens the first one; what was odd in the file is listed with its line. */
export function useCapImport() {
  const action = useAction()
  const router = useRouter()
  const remarks = ref<Fault[]>([])
  const faults = computed(() => {
    const d = action.error.value?.details as { faults?: Fault[] } | Fault[] | undefined
    return Array.isArray(d) ? d : d?.faults ?? []
  })
  async function take(file: File) {
    remarks.value = []
    await action.run(async (key) => {
      const made = await api.importCap(file, key)
      remarks.value = made.remarks
      useNotes().say(t('cap.made', { n: made.warnings.length, file: file.name }))
      void useQueue().load()
      if (made.warnings[0]) void router.push(`/warnings/${made.warnings[0].id}`)
    })
  }
  function close() { action.clear(); remarks.value = [] }
  return { ...action, remarks, faults, take, close }
}
