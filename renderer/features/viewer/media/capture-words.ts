// What a person is told of microphone and camera: why they are off, and what to do about it.
import type { CaptureKind } from '../../../../shared/selkies/g2/server-messages.ts'
import { t } from '../../../ui/translate.ts'

/** Why it went off. */
export function captureWords(what: CaptureKind): {
  unplugged(): string
  refused(): string
  unused(): string
} {
  return what === 'microphone'
    ? {
        unplugged: () => t('The microphone is off: it was unplugged, or taken back.'),
        refused: () => t('The desktop takes no microphone.'),
        unused: () => t('The microphone is off: no program of the desktop uses it any more.'),
      }
    : {
        unplugged: () => t('The camera is off: it was unplugged, or taken back.'),
        refused: () => t('The desktop takes no camera.'),
        unused: () => t('The camera is off: no program of the desktop uses it any more.'),
      }
}

/** What a person can do about it. @param error of `getUserMedia` */
export function captureProblem(what: CaptureKind, error: unknown): string {
  const isMicrophone = what === 'microphone'
  switch (error instanceof Error ? error.name : '') {
    case 'NotAllowedError':
    case 'SecurityError':
      return isMicrophone
        ? t('This page may not use the microphone. Allow it beside the address, or in the system’s privacy settings.')
        : t('This page may not use the camera. Allow it beside the address, or in the system’s privacy settings.')
    case 'NotFoundError':
    case 'OverconstrainedError':
      return isMicrophone
        ? t('No microphone was found. Connect one, or choose another.')
        : t('No camera was found. Connect one, or choose another.')
    case 'NotReadableError':
    case 'AbortError':
      return isMicrophone
        ? t('The microphone does not start. Another program may be using it.')
        : t('The camera does not start. Another program may be using it.')
    default:
      return isMicrophone
        ? t('The microphone cannot be used in this browser.')
        : t('The camera cannot be used in this browser.')
  }
}
