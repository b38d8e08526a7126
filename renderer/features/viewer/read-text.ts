// Answers of a desktop as text: hostile, so no more of one is read than its reader has room for.

/**
 * Reads an answer's body.
 * @param limit characters
 * @returns its text; empty where there is none or it is longer, of which the rest is not read
 */
export async function readText(response: Response, limit: number): Promise<string> {
  const reader = response.body?.getReader()
  if (reader === undefined) return ''
  const decoder = new TextDecoder()
  let text = ''
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return text + decoder.decode()
    text += decoder.decode(value, { stream: true })
    if (text.length <= limit) continue
    await reader.cancel()
    return ''
  }
}
