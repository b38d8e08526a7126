// The SDP of the demo's desktop in the genuine server's form, as pure edits: complete offers, and answers that start at a good rate.

/**
 * Makes an offer complete: every media section carries all candidates and ends them. Source: Selkies 2.1, which never trickles.
 * @param sdp the local description after gathering
 */
export function completeOffer(sdp: string): string {
  const [head = '', ...sections] = split(sdp)
  const candidates = [...new Set(sections.flatMap((section) => section.match(/^a=candidate:.*$/gm) ?? []))]
  const whole = sections.map((section) => {
    const bare = section.replaceAll(/^a=(candidate:.*|end-of-candidates)\r?\n/gm, '')
    return `${bare}${candidates.map((line) => `${line}\r\n`).join('')}a=end-of-candidates\r\n`
  })
  return [head.replace(/^a=ice-options:trickle\r?\n/m, ''), ...whole]
    .join('')
    .replaceAll(/^a=ice-options:trickle\r?\n/gm, '')
}

/**
 * Lets the encoder begin with a sharp picture instead of feeling its way up from 300 kbit/s.
 * @param sdp the viewer's answer @param kbps first rate
 */
export function startAt(sdp: string, kbps: number): string {
  return split(sdp)
    .map((section) => {
      if (!section.startsWith('m=video')) return section
      const hasParameters = new Set([...section.matchAll(/^a=fmtp:(\d+) /gm)].map(([, type]) => type))
      const rate = `x-google-start-bitrate=${kbps}`
      return section
        .replaceAll(/^(a=fmtp:(\d+) )(.*)$/gm, (line, begin: string, _type: string, rest: string) =>
          rest.startsWith('apt=') ? line : `${begin}${rate};${rest}`,
        )
        .replaceAll(
          /^(a=rtpmap:(\d+) (VP8|VP9|AV1|H264|H265)\/90000)(\r?\n)/gim,
          (line, map: string, type: string, _codec, end: string) =>
            hasParameters.has(type) ? line : `${map}${end}a=fmtp:${type} ${rate}${end}`,
        )
    })
    .join('')
}

function split(sdp: string): string[] {
  return sdp.split(/^(?=m=)/m)
}
