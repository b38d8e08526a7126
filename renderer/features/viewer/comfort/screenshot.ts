// A picture of the desktop as it is seen now, for this machine's clipboard or as a file. It is the frame that arrived: what a person
// sees, at the desktop's size, without what the viewer lays over it.

export type PictureSource = HTMLVideoElement | HTMLCanvasElement

/**
 * Takes the present frame.
 * @param size of the frame, px
 * @returns a PNG @throws when there is no picture that can be taken
 */
export async function takePicture(
  source: PictureSource,
  size: { readonly width: number; readonly height: number },
): Promise<Blob> {
  const canvas = new OffscreenCanvas(size.width, size.height)
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  context.drawImage(source, 0, 0, size.width, size.height)
  return canvas.convertToBlob({ type: 'image/png' })
}

/** @param picture may still be made: browsers want the click and the call together */
export async function copyPicture(picture: Promise<Blob>): Promise<void> {
  await navigator.clipboard.write([new ClipboardItem({ 'image/png': picture })])
}

/** Gives it to the browser as a download. */
export function savePicture(picture: Blob, name: string): void {
  const url = URL.createObjectURL(picture)
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  // the download has the data by the next turn
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}

/** A name that every file system takes: `Blender 2026-11-29 14.03.12.png`. @param at in the person's own time */
export function pictureName(desktop: string, at: Date): string {
  const two = (value: number): string => String(value).padStart(2, '0')
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join('.')
  const safe = desktop
    .replaceAll(/[^\p{L}\p{N} ._-]/gu, ' ')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 60)
  return `${safe === '' ? 'desktop' : safe} ${day} ${time}.png`
}
