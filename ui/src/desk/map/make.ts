/** Every map of the desk is made here: flat, north up, with scale and sources, labels in the reader's fonts. */
import 'maplibre-gl/dist/maplibre-gl.css'
import './map.css'
import { AttributionControl, Map, type MapOptions, ScaleControl, type StyleSpecification } from 'maplibre-gl'

export type Bounds = [number, number, number, number]
/** `plain`: a small picture without scale and sources. */
export type MapLook = Pick<MapOptions, 'center' | 'zoom'> & { container: HTMLElement; style: StyleSpecification; bounds?: Bounds; plain?: boolean }

/** Throws where the browser cannot draw maps. */
export function makeMap({ plain, bounds, ...look }: MapLook): Map {
  const map = new Map({ ...look, ...(bounds ? { bounds, fitBoundsOptions: { padding: plain ? 0 : 40 } } : {}), dragRotate: false, pitchWithRotate: false, touchPitch: false, attributionControl: false, fadeDuration: 120,
    localIdeographFontFamily: '"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans SC",sans-serif' })
  map.touchZoomRotate.disableRotation()
  if (!plain) {
    map.addControl(new AttributionControl({ compact: true }), 'bottom-left')
    map.addControl(new ScaleControl({ unit: 'metric', maxWidth: 110 }), 'bottom-left')
  }
  return map
}
