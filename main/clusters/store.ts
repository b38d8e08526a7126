// What the app remembers of clusters: added kubeconfigs, allowed exec plugins, the chosen namespace of each, the selected one.
// Policy: a broken file is kept aside and means "nothing remembered": no trust is guessed. Everything is 0600, for its owner alone.
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod/mini'
import type { KubeconfigSource } from '../../kube/kubeconfig/sources.ts'
import { readKubeconfig } from '../../kube/kubeconfig/sources.ts'
import { toErrorView } from '../../shared/errors.ts'
import { readJsonFile, writeFileAtomic } from '../atomic-file.ts'
import type { Logger } from '../logging/logger.ts'

const rememberedSchema = z.object({
  added: z._default(
    z.array(
      z.object({ key: z.string().check(z.regex(/^[0-9a-f]{1,64}$/)), name: z.string(), path: z.optional(z.string()) }),
    ),
    [],
  ),
  trusted: z._default(z.array(z.string()), []),
  namespaces: z._default(z.record(z.string(), z.string()), {}),
  selected: z.optional(z.string()),
  /** Contexts of an added kubeconfig that were removed one by one. */
  hidden: z._default(z.array(z.string()), []),
})
type Remembered = z.infer<typeof rememberedSchema>

export interface ClusterStore {
  readonly values: Readonly<Remembered>
  /** Changes what is remembered and writes it. */
  update(change: Partial<Remembered>): Promise<void>
  /** Keeps a pasted kubeconfig. @param key hex */
  keepText(key: string, text: string): Promise<void>
  forgetText(key: string): Promise<void>
  /** The added kubeconfigs as sources; a text that cannot be read is left out and logged. */
  sources(): Promise<readonly KubeconfigSource[]>
}

/** Opens the store. @param now epoch ms */
export function openClusterStore(dataDir: string, now: number, log: Logger): ClusterStore {
  const path = join(dataDir, 'clusters.json')
  const textPath = (key: string): string => join(dataDir, 'kubeconfigs', `${key}.yaml`)
  const read = readJsonFile(path, now)
  const parsed = read.state === 'read' ? rememberedSchema.safeParse(read.value) : undefined
  if (read.state === 'broken' || parsed?.success === false) log.warn('what was remembered of clusters cannot be read')
  let values: Remembered = parsed?.data ?? rememberedSchema.parse({})
  let writing: Promise<void> = Promise.resolve()

  return {
    get values() {
      return values
    },
    update: (change) => {
      values = { ...values, ...change }
      const text = `${JSON.stringify(values, null, 2)}\n`
      // one after the other: the last change is what stays
      writing = writing.catch(() => undefined).then(() => writeFileAtomic(path, text))
      return writing
    },
    keepText: (key, text) => writeFileAtomic(textPath(key), text),
    forgetText: (key) => rm(textPath(key), { force: true }),
    sources: async () => {
      const sources: KubeconfigSource[] = []
      for (const { key, name, path: file } of values.added) {
        try {
          if (file !== undefined) sources.push({ type: 'files', key, paths: [file], optional: false })
          else sources.push({ type: 'text', key, name, text: await readKubeconfig(textPath(key)) })
        } catch (error) {
          log.warn('an added kubeconfig cannot be read', { error: toErrorView(error) })
        }
      }
      return sources
    },
  }
}
