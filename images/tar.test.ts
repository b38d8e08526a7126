import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import {
  linkSync,
  mkdtempSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
  utimesSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { zstdDecompressSync } from 'node:zlib'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { packImage } from './oci-image.ts'
import { tarEnd, tarHeader, tarPadding } from './tar.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kasm-tar-'))
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
})

const common = { mode: 0o644, uid: 0, gid: 0, mtime: 1_735_689_600 }

test('a tar program reads long and non-ASCII names, links and contents back', () => {
  const long = `${'folder/'.repeat(20)}file-with-a-name-that-does-not-fit.txt`
  const content = Buffer.from('content')
  const archive = join(folder, 'a.tar')
  writeFileSync(
    archive,
    Buffer.concat([
      tarHeader({ ...common, path: 'größe', kind: 'directory', mode: 0o755, size: 0 }),
      tarHeader({ ...common, path: long, kind: 'file', size: content.length }),
      content,
      tarPadding(content.length),
      tarHeader({ ...common, path: 'link', kind: 'symlink', size: 0, link: long }),
      tarEnd(),
    ]),
  )
  const names = execFileSync('tar', ['-tf', archive], { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C.UTF-8' } })
  expect(names.replaceAll(/\\(\d{3})/g, (_, digits: string) => String.fromCharCode(parseInt(digits, 8)))).toContain(
    long,
  )
  execFileSync('tar', ['-xf', archive, '-C', folder])
  expect(readFileSync(join(folder, 'größe', '..', 'link'), 'utf8')).toBe('content')
})

test('content that ends on a block needs no padding', () => {
  expect(tarPadding(1024)).toHaveLength(0)
  expect(tarPadding(1025)).toHaveLength(511)
})

test('an image of the same files has the same bytes, whatever their times', async () => {
  const tree = join(folder, 'root')
  mkdirSync(join(tree, 'bin'), { recursive: true })
  writeFileSync(join(tree, 'bin', 'program'), 'x'.repeat(3000), { mode: 0o755 })
  symlinkSync('program', join(tree, 'bin', 'alias'))
  const image = { name: 'localhost/test:1', entrypoint: ['/bin/program'] }
  const [first, second] = [join(folder, '1.tar'), join(folder, '2.tar')] as const
  await packImage(image, tree, first)
  utimesSync(join(tree, 'bin', 'program'), 1, 1)
  await packImage(image, tree, second)
  expect(readFileSync(second).equals(readFileSync(first))).toBe(true)
  const index = execFileSync('tar', ['-xOf', first, 'index.json'], { encoding: 'utf8' })
  expect(JSON.parse(index)).toMatchObject({
    manifests: [{ annotations: { 'io.containerd.image.name': 'localhost/test:1' } }],
  })
})

test('a file under two names is packed once and unpacked as one file', async () => {
  const tree = join(folder, 'root')
  mkdirSync(tree)
  const content = randomBytes(100_000)
  writeFileSync(join(tree, 'first'), content)
  linkSync(join(tree, 'first'), join(tree, 'second'))
  const archive = join(folder, 'image.tar')
  const size = await packImage({ name: 'localhost/test:1', entrypoint: ['/first'] }, tree, archive)
  expect(size).toBeLessThan(150_000)
  execFileSync('tar', ['-xf', archive, '-C', folder])
  const manifest = readJson<{ layers: readonly { digest: string }[] }>(
    blob(readJson<{ manifests: readonly { digest: string }[] }>('index.json').manifests[0]?.digest),
  )
  const layer = zstdDecompressSync(readFileSync(join(folder, blob(manifest.layers[0]?.digest))))
  mkdirSync(join(folder, 'out'))
  execFileSync('tar', ['-xf', '-', '-C', join(folder, 'out')], { input: layer })
  const [first, second] = [statSync(join(folder, 'out/first')), statSync(join(folder, 'out/second'))]
  expect(second.ino).toBe(first.ino)
  expect(readFileSync(join(folder, 'out/second')).equals(content)).toBe(true)
})

/** Path of a blob in an unpacked archive. */
function blob(digest = ''): string {
  return `blobs/${digest.replace(':', '/')}`
}

function readJson<T>(path: string): T {
  return JSON.parse(readFileSync(join(folder, path), 'utf8')) as T
}

test('an image without a tag is refused', async () => {
  await expect(packImage({ name: 'localhost/test', entrypoint: [] }, folder, join(folder, 'x.tar'))).rejects.toThrow(
    'has no tag',
  )
})
