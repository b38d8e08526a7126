// Packs a root file system into an OCI image archive without a container daemon: one zstd layer, streamed, so memory stays flat.
// Equal input gives equal output. An unreadable file or an unknown kind (other than sockets and devices, left out) fails the build.
import { createHash, type Hash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { lstat, mkdtemp, open, readdir, readlink, rename, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { Readable, Transform, type TransformCallback } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { constants, createZstdCompress } from 'node:zlib'
import { tarEnd, tarHeader, tarPadding } from './tar.ts'

/** The time of every file in our images, in seconds: caches that compare times (fonts, icons) are built against it. */
export const IMAGE_TIME = 1_735_689_600

export interface OciImage {
  /** With its tag: `localhost/name:1`. */
  readonly name: string
  readonly entrypoint: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** uid, as text. */
  readonly user?: string
  readonly workdir?: string
}

/** Paths of a tree, sorted, parents first. */
async function* walk(root: string, folder = ''): AsyncGenerator<string> {
  const names = (await readdir(join(root, folder))).sort()
  for (const name of names) {
    const path = folder === '' ? name : `${folder}/${name}`
    yield path
    if ((await lstat(join(root, path))).isDirectory()) yield* walk(root, path)
  }
}

async function* layer(root: string): AsyncGenerator<Buffer> {
  // Mesa's drivers are one file under a dozen names: written once, the rest are links to it
  const written = new Map<number, string>()
  for await (const path of walk(root)) {
    const full = join(root, path)
    const info = await lstat(full)
    const common = { path, mode: info.mode, uid: info.uid, gid: info.gid, mtime: IMAGE_TIME }
    if (info.isDirectory()) yield tarHeader({ ...common, kind: 'directory', size: 0 })
    else if (info.isSymbolicLink()) yield tarHeader({ ...common, kind: 'symlink', size: 0, link: await readlink(full) })
    else if (info.isFile()) {
      const first = written.get(info.ino)
      if (first !== undefined) {
        yield tarHeader({ ...common, kind: 'hardlink', size: 0, link: first })
        continue
      }
      if (info.nlink > 1) written.set(info.ino, path)
      yield tarHeader({ ...common, kind: 'file', size: info.size })
      if (info.size <= 1 << 20) {
        const file = await open(full)
        try {
          yield await file.readFile()
        } finally {
          await file.close()
        }
      } else for await (const part of createReadStream(full, { highWaterMark: 1 << 20 })) yield part as Buffer
      yield tarPadding(info.size)
    }
  }
  yield tarEnd()
}

/** Passes bytes on and hashes them. */
class Hashing extends Transform {
  readonly #hash = createHash('sha256')
  override _transform(chunk: Buffer, _encoding: string, done: TransformCallback): void {
    this.#hash.update(chunk)
    done(null, chunk)
  }
  digest(): string {
    return `sha256:${this.#hash.digest('hex')}`
  }
}
/** Gives a compressor one part after the other: what it makes of parts that wait together depends on the moment. */
async function feed(parts: AsyncIterable<Buffer>, hash: Hash, compressor: Transform): Promise<void> {
  try {
    for await (const part of parts) {
      hash.update(part)
      await new Promise<void>((resolve, reject) => {
        compressor.write(part, (error) => (error ? reject(error) : resolve()))
      })
    }
    compressor.end()
  } catch (error) {
    compressor.destroy(error as Error)
    throw error
  }
}

const digestOf = (data: Buffer): string => `sha256:${createHash('sha256').update(data).digest('hex')}`
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

/**
 * Packs `root` as the image `image` into the archive `out`; the archive appears whole or not at all.
 * @returns its size in bytes
 */
export async function packImage(image: OciImage, root: string, out: string): Promise<number> {
  const tag = image.name.split('/').at(-1)?.split(':')[1]
  if (tag === undefined) throw new Error(`${image.name} has no tag`)
  const work = await mkdtemp(join(dirname(out), '.pack-'))
  try {
    const blob = join(work, 'layer')
    const plain = createHash('sha256')
    const packed = new Hashing()
    // containerd unpacks it several times faster than gzip
    const zstd = createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3 } })
    await Promise.all([feed(layer(root), plain, zstd), pipeline(zstd, packed, createWriteStream(blob))])
    const media = 'application/vnd.oci.image'
    const path = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'
    const config = json({
      architecture: process.arch === 'arm64' ? 'arm64' : 'amd64',
      os: 'linux',
      config: {
        Env: Object.entries({ PATH: path, ...image.env }).map(([key, value]) => `${key}=${value}`),
        Entrypoint: image.entrypoint,
        User: image.user ?? '',
        WorkingDir: image.workdir ?? '/',
      },
      rootfs: { type: 'layers', diff_ids: [`sha256:${plain.digest('hex')}`] },
    })
    const layerDigest = packed.digest()
    const manifest = json({
      schemaVersion: 2,
      mediaType: `${media}.manifest.v1+json`,
      config: { mediaType: `${media}.config.v1+json`, digest: digestOf(config), size: config.length },
      layers: [{ mediaType: `${media}.layer.v1.tar+zstd`, digest: layerDigest, size: (await stat(blob)).size }],
    })
    const index = json({
      schemaVersion: 2,
      manifests: [
        {
          mediaType: `${media}.manifest.v1+json`,
          digest: digestOf(manifest),
          size: manifest.length,
          annotations: { 'io.containerd.image.name': image.name, 'org.opencontainers.image.ref.name': tag },
        },
      ],
    })
    const archive = join(work, 'archive')
    await pipeline(
      Readable.from(
        members([
          ['oci-layout', json({ imageLayoutVersion: '1.0.0' })],
          ['index.json', index],
          [blobPath(digestOf(config)), config],
          [blobPath(digestOf(manifest)), manifest],
          [blobPath(layerDigest), blob],
        ]),
        { objectMode: false },
      ),
      createWriteStream(archive),
    )
    await rename(archive, out)
    return (await stat(out)).size
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

function blobPath(digest: string): string {
  return `blobs/${digest.replace(':', '/')}`
}

/** Members of the outer archive: bytes, or a file's path. */
async function* members(list: readonly (readonly [string, Buffer | string])[]): AsyncGenerator<Buffer> {
  for (const [path, content] of list) {
    const size = typeof content === 'string' ? (await stat(content)).size : content.length
    yield tarHeader({ path, kind: 'file', mode: 0o644, uid: 0, gid: 0, size, mtime: IMAGE_TIME })
    if (typeof content === 'string')
      for await (const part of createReadStream(content, { highWaterMark: 1 << 20 })) yield part as Buffer
    else yield content
    yield tarPadding(size)
  }
  yield tarEnd()
}

/** A folder for a build, gone afterwards. */
export async function withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kasm-image-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
