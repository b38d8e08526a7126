// Base64 of bytes, without stack limits for large clipboards. Decoding refuses by null, never throws.

/** Bytes -> base64. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  // spread in slices: a whole picture as arguments would overflow the stack
  for (let at = 0; at < bytes.length; at += 8192) binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

/** Base64 -> bytes. @returns null when it is not base64 */
export function decodeBase64(base64: string): Uint8Array<ArrayBuffer> | null {
  try {
    const binary = atob(base64)
    const bytes = new Uint8Array(binary.length)
    for (let at = 0; at < binary.length; at++) bytes[at] = binary.charCodeAt(at)
    return bytes
  } catch {
    // a hostile or broken server: the caller drops the message
    return null
  }
}
