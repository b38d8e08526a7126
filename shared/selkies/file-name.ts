// A name that a desktop gave a file, made one that every system's disk takes. Pure.
import { plainWords } from './words.ts'

/** Longest name, characters: with the ending that a browser may add it fits every file system. */
const NAME_LIMIT = 180

/** @returns one part of a path, never empty, never hidden, never a device */
export function safeFileName(name: string): string {
  const plain = plainWords(name, 1000)
    .replaceAll(/[/\\:*?"<>|]/g, '_')
    // Windows drops them, and so makes one name of two
    .replaceAll(/^[. ]+|[. ]+$/g, '')
  const device = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i.test(plain) ? `_${plain}` : plain
  if (device === '') return 'file'
  if (device.length <= NAME_LIMIT) return device
  const ending = /\.[^.]{1,16}$/.exec(device)?.[0] ?? ''
  return `${device.slice(0, NAME_LIMIT - ending.length).toWellFormed()}${ending}`
}
