// The relay's companion in its pod: `relay-agent --secrets DIR --out FILE [--watch FILE]... [--check]`.
// Exits only when asked to (or with 2 for wrong arguments); `--check` is the probe: 0 once the file is there.
import { access } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { createRelayAgent, endProgram } from './agent.ts'

/** Between two looks, ms. The kubelet itself needs up to a minute to bring a changed Secret. */
const LOOK_MS = 2000
const PROGRAM = 'turnserver'

const say = (line: string): void => void process.stderr.write(`${line}\n`)

const { values } = parseArgs({
  options: {
    secrets: { type: 'string' },
    out: { type: 'string' },
    watch: { type: 'string', multiple: true },
    check: { type: 'boolean' },
  },
})
if (values.out === undefined || (values.secrets === undefined && values.check !== true)) {
  say('usage: relay-agent --secrets DIR --out FILE [--watch FILE]... | relay-agent --out FILE --check')
  process.exit(2)
}
if (values.check === true) {
  const there = await access(values.out).then(
    () => true,
    () => false, // not written yet
  )
  process.exit(there ? 0 : 1)
}

const ended = new AbortController()
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => ended.abort())
const agent = createRelayAgent({
  secrets: values.secrets ?? '',
  watched: values.watch ?? [],
  out: values.out,
  restart: async () => {
    say(`the relay's secrets or certificate changed: ${await endProgram(PROGRAM)} process asked to end`)
  },
})
let said = ''
while (!ended.signal.aborted) {
  try {
    await agent.look()
    said = ''
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error)
    if (words !== said) say(words)
    said = words
  }
  // ended early by a signal
  await delay(LOOK_MS, undefined, { signal: ended.signal }).catch(() => undefined)
}
