import type { CustomLayerInterface, CustomRenderMethodInput, Map, StyleSpecification } from 'maplibre-gl'
import type { LinkStates } from '@shared/types'
import { css } from '../map/style'
import { changeKinds, drawOrder, mercatorX, mercatorY, pointAt, type Points, pointsOf } from './points'

/** From this many on the calm ones are drawn smaller: they overlap, and a graphics card has less to fill. */
export const kDense = 20_000
const kReach_px = 7
const kLayers = ['links', 'linksOver']
/** The first layer with names of places. */
const kNames = 'villageName'

const vertex = `#version 300 es
in vec2 a_at; in float a_kind;
uniform mat4 u_matrix; uniform vec4 u_fill[16]; uniform vec4 u_edge[16]; uniform float u_size[16]; uniform float u_stroke[16];
uniform float u_ratio; uniform int u_chosen;
out vec4 v_fill; out vec4 v_edge; out float v_radius; out float v_stroke; out float v_half; flat out int v_shape; flat out int v_ring;
void main() {
  int packed = int(a_kind + 0.5);
  int kind = packed & 15;
  gl_Position = u_matrix * vec4(a_at, 0.0, 1.0);
  v_fill = u_fill[kind]; v_edge = u_edge[kind];
  v_radius = u_size[kind] * u_ratio; v_stroke = u_stroke[kind] * u_ratio;
  v_shape = kind > 10 ? kind - 10 : 0;
  v_ring = gl_VertexID == u_chosen ? 2 : (packed & 32) != 0 ? 1 : 0;
  v_half = v_radius + v_stroke + 1.0 + (v_ring == 2 ? 7.0 : v_ring == 1 ? 4.5 : 0.0) * u_ratio;
  gl_PointSize = v_half * 2.0;
}`
/* 1 disc of blue, 2 diamond of yellow, 3 triangle of orange, 4 square of red; 0 a disc for states. Distances in pixels. */
const fragment = `#version 300 es
precision highp float;
in vec4 v_fill; in vec4 v_edge; in float v_radius; in float v_stroke; in float v_half; flat in int v_shape; flat in int v_ring;
uniform vec4 u_ink; uniform float u_ratio;
out vec4 colour;
void main() {
  vec2 p = (gl_PointCoord - 0.5) * 2.0 * v_half;
  float round_ = length(p) - v_radius;
  float d = round_;
  if (v_shape == 4) d = max(abs(p.x), abs(p.y)) - v_radius * 0.9;
  else if (v_shape == 3) d = max(dot(vec2(abs(p.x), p.y), vec2(0.894, -0.447)) - v_radius * 0.47, p.y - v_radius * 0.85);
  else if (v_shape == 2) d = (abs(p.x) + abs(p.y)) * 0.7071 - v_radius * 0.8;
  float inside = clamp(0.5 - d, 0.0, 1.0), edged = clamp(0.5 + v_stroke - d, 0.0, 1.0);
  vec4 c = mix(v_edge * edged, v_fill, inside);
  if (v_ring > 0) {
    float at = v_ring == 2 ? 5.0 : 3.0, wide = v_ring == 2 ? 2.5 : 1.5;
    float ring = clamp(0.5 + wide * 0.5 * u_ratio - abs(round_ - v_stroke - at * u_ratio), 0.0, 1.0);
    if (v_ring == 1) ring *= step(0.0, sin(atan(p.y, p.x) * 6.0)); // a broken ring
    c = c + u_ink * ring * (1.0 - c.a);
  }
  if (c.a < 0.01) discard;
  colour = c;
}`

function program(gl: WebGL2RenderingContext): WebGLProgram {
  const made = gl.createProgram()!
  for (const [type, text] of [[gl.VERTEX_SHADER, vertex], [gl.FRAGMENT_SHADER, fragment]] as const) {
    const shader = gl.createShader(type)!
    gl.shaderSource(shader, text)
    gl.compileShader(shader)
    gl.attachShader(made, shader)
  }
  gl.linkProgram(made)
  if (!gl.getProgramParameter(made, gl.LINK_STATUS)) throw new Error(gl.getProgramInfoLog(made) ?? '')
  return made
}
/** A colour of the theme, with its opacity multiplied in. */
function ink(name: string): [number, number, number, number] {
  const hex = /^#([0-9a-f]{6})$/i.exec(css(name))?.[1] ?? '808080'
  return [0, 2, 4].map((i) => parseInt(hex.slice(i, i + 2), 16) / 255).concat(1) as [number, number, number, number]
}
const kinds: [kind: number, fill: string, edge: string][] = [[0, '--surface', '--text-3'], [1, '--accent', '--map-land'], [2, '--text-3', '--text'], [3, '--surface', '--text'], [4, '--surface', '--text'], [5, '--surface', '--text-2'],
  [11, '--level-blue', '--map-land'], [12, '--level-yellow', '--map-land'], [13, '--level-orange', '--map-land'], [14, '--level-red', '--map-land']]
const stops: [zoom: number, calm: number, alarmed: number][] = [[6, 1.6, 4], [9, 2.6, 6], [12, 4.5, 8], [15, 7, 10]]
/** Radii in pixels of calm and alarmed points. */
export function radii(zoom: number, dense: boolean): [calm: number, alarmed: number] {
  const z = Math.min(15, Math.max(6, zoom))
  const i = Math.min(stops.length - 2, stops.findLastIndex((s) => s[0] <= z))
  const [a, b] = [stops[i], stops[i + 1]], f = (z - a[0]) / (b[0] - a[0])
  const at = (n: 1 | 2) => a[n] + (b[n] - a[n]) * f
  return [at(1) * (dense ? 0.6 : 1), at(2)]
}

/**
 * All links as points, drawn with two calls: the calm ones under the names of places, those with a level and the chosen one
 * over them. A changed state is one byte, a hidden kind is left out of the order.
 */
export class LinkLayer {
  private map: Map | null = null
  private gl: WebGL2RenderingContext | null = null
  private program: WebGLProgram | null = null
  private buffers: { at: WebGLBuffer; kind: WebGLBuffer; order: WebGLBuffer } | null = null
  private array: WebGLVertexArrayObject | null = null
  private places: Record<string, WebGLUniformLocation | null> = {}
  private points: Points | null = null
  private order: Uint32Array = new Uint32Array(0)
  /** So many of the order lie under the names. */
  private calm = 0
  private hidden: readonly number[] = []
  private chosen = -1
  private stale = { at: true, kind: true, order: true }
  private fills = new Float32Array(64)
  private edges = new Float32Array(64)
  private dark = ink('--text')

  /** True when they are other links than before. */
  set(states: LinkStates): boolean {
    const id = this.points && this.chosen >= 0 ? this.points.id[this.chosen] : 0
    const changed = this.points ? changeKinds(this.points, states) : -1
    if (changed < 0) { this.points = pointsOf(states); this.stale.at = true; this.chosen = id ? states.id.indexOf(id) : -1 }
    if (changed) { this.stale.kind = true; this.sort() }
    return changed < 0
  }
  /** Kinds left out, and the link that is marked (0: none). */
  show(hidden: readonly number[], chosen: number) {
    this.hidden = hidden
    this.chosen = chosen && this.points ? this.points.id.indexOf(chosen) : -1
    this.sort()
  }
  /** The link under a place of the window; 0 for none. */
  at(x: number, y: number): number {
    if (!this.map || !this.points) return 0
    const here = this.map.unproject([x, y]), beside = this.map.unproject([x + kReach_px, y])
    const found = pointAt(this.points, this.order, mercatorX(here.lng), mercatorY(here.lat), Math.abs(mercatorX(beside.lng) - mercatorX(here.lng)))
    return found < 0 ? 0 : this.points.id[found]
  }
  private sort() {
    const p = this.points
    if (!p) return
    this.order = drawOrder(p.kind, this.hidden, this.chosen)
    let calm = 0
    while (calm < this.order.length && (p.kind[this.order[calm]] & 15) <= 10 && this.order[calm] !== this.chosen) calm++
    this.calm = calm
    this.stale.order = true
    this.map?.triggerRepaint()
  }
  /** Puts both halves on a map whose style is read. */
  addTo(map: Map) {
    const half = (id: string, over: boolean): CustomLayerInterface => ({
      id, type: 'custom', renderingMode: '2d', onAdd: (_, gl) => this.begin(map, gl), onRemove: () => this.end(), render: (_, input) => this.draw(input, over) })
    map.addLayer(half(kLayers[0], false), map.getLayer(kNames) ? kNames : undefined)
    map.addLayer(half(kLayers[1], true))
  }
  removeFrom(map: Map) { for (const id of kLayers) if (map.getLayer(id)) map.removeLayer(id) }
  private begin(map: Map, context: WebGLRenderingContext | WebGL2RenderingContext) {
    if (this.gl || !(context instanceof WebGL2RenderingContext)) return
    const gl = (this.gl = context)
    this.map = map
    this.program = program(gl)
    for (const name of ['u_matrix', 'u_fill', 'u_edge', 'u_size', 'u_stroke', 'u_ratio', 'u_chosen', 'u_ink']) this.places[name] = gl.getUniformLocation(this.program, name)
    this.buffers = { at: gl.createBuffer()!, kind: gl.createBuffer()!, order: gl.createBuffer()! }
    this.array = gl.createVertexArray()
    gl.bindVertexArray(this.array)
    for (const [name, buffer, size, type] of [['a_at', this.buffers.at, 2, gl.FLOAT], ['a_kind', this.buffers.kind, 1, gl.UNSIGNED_BYTE]] as const) {
      const at = gl.getAttribLocation(this.program, name)
      gl.bindBuffer(gl.ARRAY_BUFFER, buffer)
      gl.enableVertexAttribArray(at)
      gl.vertexAttribPointer(at, size, type, false, 0, 0)
    }
    gl.bindBuffer(gl.ELEMENT_ARRAY_BUFFER, this.buffers.order)
    gl.bindVertexArray(null)
    for (const [k, fill, edge] of kinds) { this.fills.set(ink(fill), 4 * k); this.edges.set(ink(edge), 4 * k) }
    this.dark = ink('--text')
    this.stale = { at: true, kind: true, order: true }
  }
  private end() {
    const gl = this.gl
    if (gl) { for (const b of Object.values(this.buffers ?? {})) gl.deleteBuffer(b); gl.deleteVertexArray(this.array); gl.deleteProgram(this.program) }
    this.gl = this.map = this.program = this.buffers = this.array = null
  }
  private draw(input: CustomRenderMethodInput, over: boolean) {
    const gl = this.gl, p = this.points
    const [first, end] = over ? [this.calm, this.order.length] : [0, this.calm]
    if (!gl || !p || first === end) return
    gl.bindVertexArray(this.array)
    if (this.stale.at) { gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers!.at); gl.bufferData(gl.ARRAY_BUFFER, p.at, gl.STATIC_DRAW) }
    if (this.stale.kind) { gl.bindBuffer(gl.ARRAY_BUFFER, this.buffers!.kind); gl.bufferData(gl.ARRAY_BUFFER, p.kind, gl.DYNAMIC_DRAW) }
    if (this.stale.order) gl.bufferData(gl.ELEMENT_ARRAY_BUFFER, this.order, gl.DYNAMIC_DRAW)
    this.stale = { at: false, kind: false, order: false }
    /* The matrix has 64 bits, the card 32: what moves the points to their origin is worked out here. */
    const m = Float64Array.from(input.defaultProjectionData.mainMatrix as ArrayLike<number>)
    for (let row = 0; row < 4; row++) m[12 + row] += m[row] * p.origin[0] + m[4 + row] * p.origin[1]
    const dense = p.kind.length > kDense
    const [calm, alarmed] = radii(this.map!.getZoom(), dense)
    const ratio = this.map!.getPixelRatio()
    const size = new Float32Array(16).fill(calm, 0, 11).fill(alarmed, 11), stroke = new Float32Array(16).fill(dense ? 0 : 1).fill(1.2, 11)
    for (const k of [0, 3, 4, 5]) stroke[k] = dense ? 1 : 1.6
    gl.useProgram(this.program)
    gl.uniformMatrix4fv(this.places.u_matrix, false, Float32Array.from(m))
    gl.uniform4fv(this.places.u_fill, this.fills)
    gl.uniform4fv(this.places.u_edge, this.edges)
    gl.uniform1fv(this.places.u_size, size)
    gl.uniform1fv(this.places.u_stroke, stroke)
    gl.uniform1f(this.places.u_ratio, ratio)
    gl.uniform1i(this.places.u_chosen, this.chosen)
    gl.uniform4fv(this.places.u_ink, this.dark)
    gl.enable(gl.BLEND)
    gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA)
    gl.disable(gl.DEPTH_TEST)
    gl.drawElements(gl.POINTS, end - first, gl.UNSIGNED_INT, first * Uint32Array.BYTES_PER_ELEMENT)
    gl.bindVertexArray(null)
  }
}
/** The map below them, without the points of the registers. */
export function withoutRecords(style: StyleSpecification): StyleSpecification {
  const { records: _, ...sources } = style.sources
  return { ...style, sources, layers: style.layers.filter((l) => !('source' in l) || l.source !== 'records') }
}
