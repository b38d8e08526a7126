// What a server cannot do, in words: for the statistics, and wherever people would look for it in vain.
import type { ServerFeatures } from '../../../shared/selkies/features.ts'
import { t } from '../../ui/translate.ts'

/** Every thing that the viewer offers elsewhere and this server lacks; empty for 2.x. */
export function missingWords(features: ServerFeatures): readonly string[] {
  const words: readonly (readonly [boolean, string])[] = [
    [features.clipboardPictures, t('Pictures and long texts on the clipboard')],
    [features.files, t('Files and printing')],
    [features.microphone && features.camera, t('Microphone and camera')],
    [features.secondDisplay, t('A second display')],
    [features.sharing, t('More than one person at a time')],
    [features.encoderChoice, t('Another codec or sharper colour')],
    [features.wheelSideways, t('Scrolling sideways')],
    [features.rumble, t('Rumble of a gamepad')],
  ]
  return words.flatMap(([has, words]) => (has ? [] : [words]))
}
