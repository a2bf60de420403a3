import type { Level } from '@shared/types'

/** Why the desk sounds, or does not: nothing calls, muted by hand, the browser waits for a first press, or it rings. */
export type Sounding = 'quiet' | 'muted' | 'locked' | 'on'
export function sounding(calling: Level | null, muted: boolean, unlocked: boolean): Sounding {
  if (!calling) return 'quiet'
  if (muted) return 'muted'
  return unlocked ? 'on' : 'locked'
}

/** A tone begins `at_s` after the call, at `hz`, and lasts `for_s`. Red is higher, quicker and comes back sooner. */
export interface Tone { at_s: number; hz: number; for_s: number }
export function tones(level: Level): Tone[] {
  const [count, hz, every_s] = level === 'red' ? [3, [1175, 880], 0.24] as const : [2, [784, 587], 0.34] as const
  return Array.from({ length: count }, (_, i) => ({ at_s: i * every_s, hz: hz[i % 2], for_s: every_s * 0.8 }))
}
export const repeat_ms = (level: Level) => (level === 'red' ? 4000 : 6000)

const kLoudness = 0.16
/** Plays tones without a file. The browser lets it begin only after a press: `unlock` is called in one. */
export class Siren {
  #context: AudioContext | null = null
  async unlock(): Promise<boolean> {
    this.#context ??= new AudioContext()
    await this.#context.resume().catch(() => undefined)
    return this.#context.state === 'running'
  }
  play(level: Level) {
    const c = this.#context
    if (c?.state !== 'running') return
    for (const tone of tones(level)) {
      const from = c.currentTime + 0.02 + tone.at_s
      const voice = new OscillatorNode(c, { type: 'triangle', frequency: tone.hz })
      const gain = new GainNode(c, { gain: 0 })
      gain.gain.setValueAtTime(0, from)
      gain.gain.linearRampToValueAtTime(kLoudness, from + 0.015)
      gain.gain.setValueAtTime(kLoudness, from + tone.for_s - 0.04)
      gain.gain.linearRampToValueAtTime(0, from + tone.for_s)
      voice.connect(gain).connect(c.destination)
      voice.start(from)
      voice.stop(from + tone.for_s)
    }
  }
  close() { void this.#context?.close().catch(() => undefined); this.#context = null }
}
