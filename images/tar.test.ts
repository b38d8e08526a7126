import { execFileSync } from 'node:child_process'
import { mkdtempSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync, utimesSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

test('an image without a tag is refused', async () => {
  await expect(packImage({ name: 'localhost/test', entrypoint: [] }, folder, join(folder, 'x.tar'))).rejects.toThrow(
    'has no tag',
  )
})
