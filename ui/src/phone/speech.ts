/** Reads a text aloud in Mandarin with the phone's own voice, where there is one. */
import { ref } from 'vue'

export const canSpeak = 'speechSynthesis' in window
export const speaking = ref(false)

export function readAloud(text: string): void {
  const said = new SpeechSynthesisUtterance(text)
  said.lang = 'zh-CN'
  said.rate = 0.9
  const voice = speechSynthesis.getVoices().find((v) => /^(zh|cmn)/i.test(v.lang))
  if (voice) said.voice = voice
  said.onend = said.onerror = () => (speaking.value = false)
  speechSynthesis.cancel()
  speaking.value = true
  speechSynthesis.speak(said)
}

export function stopReading(): void {
  speaking.value = false
  if (canSpeak) speechSynthesis.cancel()
}
