/** Makes a camera picture small enough for a bad network: at most kSide_px on the longer side, JPEG, turned upright. */
const kSide_px = 1600
const kQuality = 0.8

export interface SmallPhoto {
  type: string
  bytes: ArrayBuffer
}

function read(file: Blob): Promise<ImageBitmap | HTMLImageElement> {
  if ('createImageBitmap' in window) return createImageBitmap(file, { imageOrientation: 'from-image' })
  return new Promise((resolve, reject) => {
    const image = new Image()
    const address = URL.createObjectURL(file)
    image.onload = () => resolve(image)
    image.onerror = () => reject(new Error('not an image'))
    image.src = address
  })
}

/** Rejects when the file is no picture this browser can open. */
export async function shrink(file: Blob): Promise<SmallPhoto> {
  const image = await read(file)
  const scale = Math.min(1, kSide_px / Math.max(image.width, image.height))
  const canvas = document.createElement('canvas')
  canvas.width = Math.max(1, Math.round(image.width * scale))
  canvas.height = Math.max(1, Math.round(image.height * scale))
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height)
  if ('close' in image) image.close()
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/jpeg', kQuality))
  if (!blob) throw new Error('no JPEG')
  return { type: 'image/jpeg', bytes: await blob.arrayBuffer() }
}
