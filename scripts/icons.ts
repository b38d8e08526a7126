// `npm run icons`: makes every size of the app icon from images/app/icon.svg with a Chromium that is there.
// The results are committed, so that packing needs neither a browser nor an image tool.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { chromium } from '@playwright/test'
import { findChromium } from './find-chromium.ts'
import { requireNode24 } from './node-version.ts'

requireNode24()
const folder = join(import.meta.dirname, '..', 'images/app')
const svg = readFileSync(join(folder, 'icon.svg'), 'utf8')
const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]

/** Windows' icon file: a directory of PNGs. Source: the ICO format as Windows Vista and later read it. */
function ico(pngs: ReadonlyMap<number, Buffer>): Buffer {
  const entries = [16, 24, 32, 48, 64, 128, 256].flatMap((size) =>
    pngs.has(size) ? [{ size, png: pngs.get(size) as Buffer }] : [],
  )
  const head = Buffer.alloc(6 + 16 * entries.length)
  head.writeUInt16LE(1, 2)
  head.writeUInt16LE(entries.length, 4)
  let offset = head.length
  entries.forEach(({ size, png }, index) => {
    const at = 6 + 16 * index
    // 0 stands for 256
    head.writeUInt8(size % 256, at)
    head.writeUInt8(size % 256, at + 1)
    head.writeUInt16LE(1, at + 4)
    head.writeUInt16LE(32, at + 6)
    head.writeUInt32LE(png.length, at + 8)
    head.writeUInt32LE(offset, at + 12)
    offset += png.length
  })
  return Buffer.concat([head, ...entries.map(({ png }) => png)])
}

/** macOS' icon file: tagged PNGs. Source: the ICNS format's PNG types. */
function icns(pngs: ReadonlyMap<number, Buffer>): Buffer {
  const types: readonly (readonly [string, number])[] = [
    ['icp4', 16],
    ['icp5', 32],
    ['icp6', 64],
    ['ic07', 128],
    ['ic08', 256],
    ['ic09', 512],
    ['ic10', 1024],
  ]
  const parts = types.flatMap(([type, size]) => {
    const png = pngs.get(size)
    if (!png) return []
    const head = Buffer.alloc(8)
    head.write(type, 'latin1')
    head.writeUInt32BE(png.length + 8, 4)
    return [head, png]
  })
  const head = Buffer.alloc(8)
  head.write('icns', 'latin1')
  head.writeUInt32BE(8 + parts.reduce((sum, part) => sum + part.length, 0), 4)
  return Buffer.concat([head, ...parts])
}

const browser = await chromium.launch({
  executablePath: findChromium() ?? '',
  args: process.getuid?.() === 0 ? ['--no-sandbox'] : [],
})
const page = await browser.newPage()
const pngs = new Map<number, Buffer>()
mkdirSync(join(folder, 'icons'), { recursive: true })
for (const size of sizes) {
  await page.setViewportSize({ width: size, height: size })
  await page.setContent(
    `<style>html,body{margin:0;background:transparent}svg{display:block;width:${size}px;height:${size}px}</style>${svg}`,
  )
  const png = await page.screenshot({ omitBackground: true })
  pngs.set(size, png)
  writeFileSync(join(folder, 'icons', `${size}x${size}.png`), png)
}
await browser.close()
writeFileSync(join(folder, 'icon.ico'), ico(pngs))
writeFileSync(join(folder, 'icon.icns'), icns(pngs))
