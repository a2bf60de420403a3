import { type Map, Marker } from 'maplibre-gl'
import { css } from '../map/style'
import type { Point } from '../map/table'
import { bearingTo } from './arrow'

export interface Arrow { at: Point; bearing: number; title: string; turn: (bearing: number) => void }

/** The arrow of a one-way road on the map: its head is taken and turned. */
export class ArrowMark {
  #marker: Marker | null = null
  #arrow: Arrow | null = null
  constructor(private readonly map: Map) {}

  set(arrow: Arrow | null) {
    this.#arrow = arrow
    if (!arrow) { this.#marker?.remove(); this.#marker = null; return }
    this.#marker ??= new Marker({ element: this.#element(), anchor: 'center' }).setLngLat(arrow.at).addTo(this.map)
    this.#marker.setLngLat(arrow.at)
    const element = this.#marker.getElement()
    element.title = arrow.title
    ;(element.firstElementChild as HTMLElement).style.transform = `rotate(${arrow.bearing}deg)`
  }

  #element() {
    const element = document.createElement('div')
    element.dataset.testid = 'arrow'
    element.style.cssText = 'width:96px;height:96px;cursor:grab;touch-action:none'
    const colour = css('--road-one_way')
    element.innerHTML = `<svg viewBox="0 0 96 96" width="96" height="96" fill="none" stroke-linecap="round"><circle cx="48" cy="48" r="40" stroke="${colour}" stroke-width="1.5" stroke-dasharray="2 5"/><path d="M48 76V22M34 36 48 20l14 16" stroke="${css('--map-land')}" stroke-width="10"/><path d="M48 76V22M34 36 48 20l14 16" stroke="${colour}" stroke-width="5.5"/><circle cx="48" cy="8" r="7" fill="${css('--surface')}" stroke="${colour}" stroke-width="2.5"/></svg>`
    element.addEventListener('pointerdown', (down) => {
      down.preventDefault()
      down.stopPropagation()
      element.setPointerCapture(down.pointerId)
      this.map.dragPan.disable()
      const turn = (e: PointerEvent) => {
        const box = element.getBoundingClientRect()
        this.#arrow?.turn(bearingTo(e.clientX - box.left - box.width / 2, e.clientY - box.top - box.height / 2))
      }
      const end = () => { element.removeEventListener('pointermove', turn); this.map.dragPan.enable() }
      element.addEventListener('pointermove', turn)
      element.addEventListener('pointerup', end, { once: true })
      element.addEventListener('pointercancel', end, { once: true })
    })
    for (const kind of ['mousedown', 'click', 'touchstart']) element.addEventListener(kind, (e) => e.stopPropagation())
    return element
  }
}
