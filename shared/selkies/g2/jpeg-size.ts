// The size that a JPEG declares, from its header alone, so that a picture is known to be sane before anybody decodes it. Pure.
// Policy: stricter than decoders are. What is no plain sequence of segments has no size and is not shown.

/** Reads the size of a JPEG. @returns null when it is none, or its frame header is not found */
export function readJpegSize(data: Uint8Array): { readonly width: number; readonly height: number } | null {
  const word = (at: number) => ((data[at] ?? 0) << 8) | (data[at + 1] ?? 0)
  if (word(0) !== 0xffd8) return null
  let at = 2
  while (at + 9 <= data.length) {
    // any number of fill bytes may stand before a mark
    if (data[at] === 0xff && data[at + 1] === 0xff) {
      at++
      continue
    }
    const marker = data[at + 1] ?? 0
    const length = word(at + 2)
    // a segment begins with its mark and holds at least its own length; the scan (DA) comes after the frame header
    if (data[at] !== 0xff || marker < 0xc0 || marker === 0xda || length < 2) return null
    if (marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc)
      return { width: word(at + 7), height: word(at + 5) }
    at += 2 + length
  }
  return null
}
