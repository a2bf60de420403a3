import { defineStore } from 'pinia'
import { ref } from 'vue'

export interface Note { id: number; text: string; undo?: () => void }

/** Short confirmations at the foot of the desk; failures are shown where they happened instead. */
export const useNotes = defineStore('notes', () => {
  const notes = ref<Note[]>([])
  let last = 0
  function say(text: string, undo?: () => void) {
    const id = ++last
    notes.value = [...notes.value.slice(-2), { id, text, undo }]
    setTimeout(() => drop(id), undo ? 12_000 : 5000)
  }
  function drop(id: number) { notes.value = notes.value.filter((n) => n.id !== id) }
  return { notes, say, drop }
})
