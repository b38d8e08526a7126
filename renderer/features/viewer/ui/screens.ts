// What shows the desktop and plays it. Made by hand, outside React's tree: React listens to every event of a media element there, and
// each of its time updates, eight a second, then cost more than all else that the page did.
import type { ViewerElements } from '../viewer-session-shape.ts'

export type ScreenElements = Pick<ViewerElements, 'video' | 'canvas' | 'still' | 'audio' | 'small'>

/** Fills a place of the page, and hides the small picture's source at its end. @param className of what covers the stage @returns the elements; they go with `remove` */
export function makeScreens(place: HTMLElement, className: string): ScreenElements & { remove(): void } {
  const covering = <T extends HTMLElement>(element: T): T => {
    element.className = className
    return element
  }
  const video = covering(quietVideo())
  video.autoplay = true
  video.disablePictureInPicture = true
  const small = quietVideo()
  small.hidden = true
  const canvas = covering(document.createElement('canvas'))
  const still = covering(document.createElement('canvas'))
  const audio = document.createElement('audio')
  place.replaceChildren(video, canvas, still, audio)
  document.body.append(small)
  const remove = (): void => {
    place.replaceChildren()
    small.remove()
  }
  return { video, canvas, still, audio, small, remove }
}

/** Its sound, if any, comes by another element. */
function quietVideo(): HTMLVideoElement {
  const video = document.createElement('video')
  video.muted = true
  video.playsInline = true
  return video
}
