// An image registry on the node's own loopback, where containerd speaks plain HTTP: for starts whose image has to be fetched.
// It serves a twin of an image that the node has, with the same layers and an id of its own: no bytes are copied, and what the kubelet
// remembers of the twin (an image that it has pulled is no longer one that was there before) says nothing of the image itself.
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { INSIDE } from '../cluster/network.ts'
import { CTR } from '../cluster/node.ts'
import { run, tryRun } from '../cluster/process.ts'

export interface LocalRegistry {
  /** The image's name on this registry: new in each run, so the node has never seen it. */
  readonly image: string
  /** Lets the node have it; until then it waits for the answer. */
  release(): void
  /** Ends the registry and takes the twin from the node. */
  stop(): Promise<void>
}

const PORT = 5_999

/** @param source an image that the node has */
export async function startLocalRegistry(source: string): Promise<LocalRegistry> {
  const [enter = '', ...inside] = INSIDE
  const nonce = randomBytes(4).toString('hex')
  const list = await run('ctr', [...CTR, 'images', 'list', `name==${source}`])
  const digest = /sha256:[0-9a-f]{64}/.exec(list)?.[0]
  if (digest === undefined) throw new Error(`the node has no image ${source}`)
  const script = join(import.meta.dirname, 'local-registry-main.ts')
  const args = [...inside, process.execPath, script, String(PORT), digest, nonce, JSON.stringify(CTR)]
  const child = spawn(enter, args, { stdio: ['pipe', 'pipe', 'inherit'] })
  const twin = await new Promise<string>((resolve, reject) => {
    child.stdout.once('data', (line: Buffer) => resolve(line.toString().trim()))
    child.once('exit', (code) => reject(new Error(`the registry ended with ${code}`)))
    child.once('error', reject)
  })
  return {
    image: `localhost:${PORT}/spec/desktop-${nonce}:1`,
    release: () => void child.stdin.write('release\n'),
    async stop() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await ended
      const names = (await run('ctr', [...CTR, 'images', 'list']))
        .split('\n')
        .filter((line) => line.includes(` ${twin} `))
        .map((line) => line.split(' ')[0] ?? '')
      if (names.length > 0) await tryRun('ctr', [...CTR, 'images', 'remove', ...names])
    },
  }
}
