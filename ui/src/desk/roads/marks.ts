import { type Map, Marker } from 'maplibre-gl'
import type { Mark } from './scene'

/** Keeps elements on the map in step with a list of marks; one that is being dragged is left where it is. */
export class Marks {
  #shown = new globalThis.Map<string, { marker: Marker; mark: Mark }>()
  #held = ''
  constructor(private readonly map: Map) {}

  set(marks: Mark[]) {
    const wanted = new Set(marks.map((m) => m.id))
    for (const [id, s] of this.#shown) if (!wanted.has(id)) { s.marker.remove(); this.#shown.delete(id) }
    for (const mark of marks) {
      const found = this.#shown.get(mark.id)
      if (found && (found.mark.kind === mark.kind || this.#held === mark.id) && !!found.mark.drag === !!mark.drag) {
        found.mark = mark
        if (this.#held !== mark.id) found.marker.setLngLat(mark.at)
        dress(found.marker.getElement(), mark)
      } else {
        found?.marker.remove()
        this.#shown.set(mark.id, this.#make(mark))
      }
    }
  }
  clear() { this.set([]) }

  #make(mark: Mark) {
    const element = document.createElement('button')
    element.type = 'button'
    element.tabIndex = -1
    dress(element, mark)
    const marker = new Marker({ element, draggable: !!mark.drag, anchor: 'center' }).setLngLat(mark.at).addTo(this.map)
    const one = { marker, mark }
    element.addEventListener('click', (e) => { if (one.mark.press) { e.stopPropagation(); one.mark.press() } })
    marker.on('dragstart', () => { this.#held = one.mark.id; element.classList.add('held') })
    marker.on('drag', () => { const { lng, lat } = marker.getLngLat(); one.mark.drag?.([lng, lat], false) })
    marker.on('dragend', () => { this.#held = ''; element.classList.remove('held'); const { lng, lat } = marker.getLngLat(); one.mark.drag?.([lng, lat], true) })
    return one
  }
}

function dress(element: HTMLElement, mark: Mark) {
  element.title = mark.title
  element.setAttribute('aria-label', mark.title)
  element.dataset.testid = `mark-${mark.kind}`
  const kept = [...element.classList].filter((c) => c.startsWith('maplibregl') || c === 'held')
  element.className = [...kept, 'mark', mark.kind, mark.on ? 'on' : '', mark.press || mark.drag ? 'does' : ''].filter(Boolean).join(' ')
  const text = mark.text ?? ''
  if (element.textContent !== text) element.textContent = text
}
