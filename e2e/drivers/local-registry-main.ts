// The registry's process, in the network of the node: `PORT DIGEST NONCE CTR`. Layers come out of containerd's own store; the config
// differs from the original's by one label, so that the image has an id of its own. Prints the manifest's digest when it listens.
import { execFileSync, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'

const [port = '', source = '', nonce = '', ctr = '[]'] = process.argv.slice(2)
const ctrArgs = JSON.parse(ctr) as readonly string[]
// the first line on stdin opens it
const released = new Promise<void>((resolve) => process.stdin.once('data', () => resolve()))

const get = (digest: string): string[] => [...ctrArgs, 'content', 'get', digest]
const read = (digest: string): unknown => JSON.parse(execFileSync('ctr', get(digest)).toString())
const digestOf = (bytes: Buffer): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`

const original = read(source) as { mediaType?: string; config: { digest: string; size: number } }
const originalConfig = read(original.config.digest) as { config?: { Labels?: Record<string, string> } }
const config = Buffer.from(
  JSON.stringify({
    ...originalConfig,
    config: { ...originalConfig.config, Labels: { ...originalConfig.config?.Labels, spec: nonce } },
  }),
)
const type = original.mediaType ?? 'application/vnd.oci.image.manifest.v1+json'
const manifest = Buffer.from(
  JSON.stringify({ ...original, config: { ...original.config, digest: digestOf(config), size: config.length } }),
)
const own = new Map([config, manifest].map((bytes) => [digestOf(bytes), bytes]))

const server = createServer((request, response) => {
  void released.then(() => {
    const [, kind, wanted = ''] = /\/(manifests|blobs)\/([^/?]+)/.exec(request.url ?? '') ?? []
    if (kind === undefined) return response.end('{}')
    const digest = wanted.startsWith('sha256:') ? wanted : digestOf(manifest)
    const bytes = own.get(digest)
    if (bytes === undefined)
      return spawn('ctr', get(digest), { stdio: ['ignore', 'pipe', 'ignore'] }).stdout.pipe(response)
    return response
      .writeHead(200, {
        'docker-content-digest': digest,
        'content-length': bytes.length,
        'content-type': kind === 'blobs' ? 'application/octet-stream' : type,
      })
      .end(request.method === 'HEAD' ? undefined : bytes)
  })
})
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`${digestOf(manifest)}\n`))
process.on('SIGTERM', () => process.exit(0))
