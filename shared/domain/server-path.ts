// The path under which a desktop's server serves everything, where its template moves it from the root. Pure.
import type { TemplateSpec } from './template.ts'

/** As the server ranks them. Source: Selkies 2.1, setting `subfolder`; LinuxServer's nginx reads the second one too. */
const NAMES = ['SELKIES_SUBFOLDER', 'SUBFOLDER'] as const
/** Segments of plain characters: nothing that a server could read in two ways. */
const PATH = /^[\w.~-]+(?:\/[\w.~-]+)*$/

/**
 * @returns '' for the root, else the path with a slash before it and none behind it; a path that is none counts as the root
 */
export function serverPath({ env, streaming }: Pick<TemplateSpec, 'env' | 'streaming'>): string {
  // 1.6 has no such setting
  if (streaming.generation === 'selkies1') return ''
  const value = NAMES.map((name) => env.find((entry) => entry.name === name)?.value).find(
    (found) => found !== undefined && found !== '',
  )
  const path = (value ?? '').trim().replaceAll(/^\/+|\/+$/g, '')
  return PATH.test(path) && !path.split('/').some((part) => /^\.+$/.test(part)) ? `/${path}` : ''
}
