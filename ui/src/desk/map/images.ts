import type { Map } from 'maplibre-gl'
import { css } from './style'

/** Draws the pictures a style asks for by name: "ring|share|silent|theme" and "record|type". */
export function drawImages(map: Map, recordName: (type: string) => string) {
  map.on('styleimagemissing', ({ id }: { id: string }) => {
    const [kind, ...rest] = id.split('|')
    if (kind === 'ring') put(map, id, 38, (c, s) => ring(c, s, Number(rest[0]), Number(rest[1])))
    else if (kind === 'record') put(map, id, 20, (c, s) => square(c, s, recordName(rest[0]).slice(0, 1)))
  })
}

function put(map: Map, id: string, size: number, draw: (c: CanvasRenderingContext2D, size: number) => void) {
  if (map.hasImage(id)) return
  const ratio = 2
  const canvas = document.createElement('canvas')
  canvas.width = canvas.height = size * ratio
  const c = canvas.getContext('2d')!
  c.scale(ratio, ratio)
  draw(c, size)
  map.addImage(id, c.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: ratio })
}

function ring(c: CanvasRenderingContext2D, s: number, share: number, silent: number) {
  const r = s / 2 - 4
  c.beginPath(); c.arc(s / 2, s / 2, s / 2 - 1, 0, 7); c.fillStyle = css('--surface'); c.fill()
  c.lineWidth = 4
  c.beginPath(); c.arc(s / 2, s / 2, r, 0, 7); c.strokeStyle = css('--line'); c.stroke()
  c.beginPath(); c.arc(s / 2, s / 2, r, -Math.PI / 2, -Math.PI / 2 + (share / 100) * 2 * Math.PI); c.strokeStyle = css('--accent'); c.stroke()
  if (silent === 0) {
    c.beginPath(); c.moveTo(s / 2 - 5, s / 2); c.lineTo(s / 2 - 1, s / 2 + 4); c.lineTo(s / 2 + 6, s / 2 - 4); c.lineWidth = 2; c.stroke()
    return
  }
  c.fillStyle = css('--text'); c.font = `600 ${silent > 999 ? 10 : 12}px ${css('--font')}`; c.textAlign = 'center'; c.textBaseline = 'middle'
  c.fillText(silent > 9999 ? '9999+' : String(silent), s / 2, s / 2 + 0.5)
}

function square(c: CanvasRenderingContext2D, s: number, letter: string) {
  c.beginPath(); c.roundRect(1, 1, s - 2, s - 2, 4); c.fillStyle = css('--surface'); c.fill(); c.lineWidth = 1.2; c.strokeStyle = css('--accent'); c.stroke()
  c.fillStyle = css('--text'); c.font = `11px ${css('--font')}`; c.textAlign = 'center'; c.textBaseline = 'middle'
  c.fillText(letter, s / 2, s / 2 + 0.5)
}
