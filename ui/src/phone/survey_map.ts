/** A plane for choosing a point with a thumb: equirectangular around a middle, north up. Pixels from the upper left corner. */
export interface View { lon: number; lat: number; /** half of the width */ km: number }
export interface Size { width: number; height: number }

const kKmPerDegree = 111.32
export const kNearest_km = 0.5
export const kFarthest_km = 150
const perDegree = (v: View) => ({ x: kKmPerDegree * Math.max(0.05, Math.cos((v.lat * Math.PI) / 180)), y: kKmPerDegree })
const scale = (v: View, s: Size) => s.width / (2 * v.km)

export function toPixel(v: View, s: Size, lon: number, lat: number): { x: number; y: number } {
  const k = perDegree(v), f = scale(v, s)
  return { x: s.width / 2 + (lon - v.lon) * k.x * f, y: s.height / 2 - (lat - v.lat) * k.y * f }
}
export function toPlace(v: View, s: Size, x: number, y: number): { lon: number; lat: number } {
  const k = perDegree(v), f = scale(v, s)
  return { lon: v.lon + (x - s.width / 2) / (k.x * f), lat: v.lat - (y - s.height / 2) / (k.y * f) }
}
export const zoomed = (v: View, by: number): View => ({ ...v, km: Math.min(kFarthest_km, Math.max(kNearest_km, v.km * by)) })
export function moved(v: View, s: Size, dx: number, dy: number): View {
  return { ...v, ...toPlace(v, s, s.width / 2 - dx, s.height / 2 - dy) }
}
/** 1, 2 or 5 times a power of ten km that fits into `most` pixels. */
export function scaleBar(v: View, s: Size, most: number): { km: number; px: number } {
  const f = scale(v, s)
  const power = 10 ** Math.floor(Math.log10(most / f))
  const km = [5, 2, 1].map((n) => n * power).find((n) => n * f <= most) ?? power
  return { km, px: km * f }
}
