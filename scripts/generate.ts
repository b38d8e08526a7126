// Writes every generated file of the repository, or says with --check which ones differ from what would be written.
// A new kind of generated file is one more entry in OUTPUTS.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { argv, exit } from 'node:process'
import { CRD_FOLDER, crds } from './generate/crds.ts'
import { directRole } from './generate/direct-role.ts'
import { phases } from './generate/phases.ts'
import { CHART, chartFiles, phaseTwo } from './generate/platform/platform-files.ts'
import { GOLDEN_FOLDER, sessionGoldens } from './generate/session-goldens.ts'
import { templateDocs } from './generate/template-docs.ts'
import type { GeneratedFile } from './generate/generated-file.ts'

const ROOT = join(import.meta.dirname, '..')

/** Everything that is generated; pure, so that a test can ask for it too. */
export function generatedFiles(): readonly GeneratedFile[] {
  return [
    ...directRole(),
    ...sessionGoldens(),
    ...phases(),
    ...crds(),
    ...templateDocs(),
    ...chartFiles(),
    ...phaseTwo(),
  ]
}

/** Folders that hold generated files alone: what is not generated any more is removed there. */
const WHOLLY_GENERATED = [GOLDEN_FOLDER, CRD_FOLDER, `${CHART}/files/templates`]

/** What differs from the files on disk: a path and what is wrong with it. */
export async function differences(root: string = ROOT): Promise<readonly { path: string; problem: string }[]> {
  const found: { path: string; problem: string }[] = []
  const files = generatedFiles()
  for (const { path, text } of files) {
    const present = await readFile(join(root, path), 'utf8').catch(() => null) // absent: it is to be written
    if (present === null) found.push({ path, problem: 'is missing' })
    else if (present !== text) found.push({ path, problem: 'is out of date' })
  }
  for (const path of await strays(root, files)) found.push({ path, problem: 'is not generated any more' })
  return found
}

async function strays(root: string, files: readonly GeneratedFile[]): Promise<string[]> {
  const known = new Set(files.map(({ path }) => path))
  const found: string[] = []
  for (const folder of WHOLLY_GENERATED) {
    const names = await readdir(join(root, folder)).catch(() => []) // not there yet
    found.push(...names.map((name) => `${folder}/${name}`).filter((path) => !known.has(path)))
  }
  return found
}

async function write(): Promise<void> {
  const files = generatedFiles()
  for (const path of await strays(ROOT, files)) await rm(join(ROOT, path))
  for (const { path, text } of files) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true })
    await writeFile(join(ROOT, path), text)
  }
  console.log(`${files.length} files are up to date.`)
}

if (import.meta.main) {
  if (argv.includes('--check')) {
    const found = await differences()
    for (const { path, problem } of found) console.error(`${path} ${problem}: run npm run generate`)
    exit(found.length === 0 ? 0 : 1)
  }
  await write()
}
