// JSON schemas for kubeconform from a running API server: what it publishes of its own kinds and of those that definitions brought.
// Strict: a field that the server does not know is an error, as it is for `kubectl apply --validate=strict`.
import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { TestCluster } from '../cluster/index.ts'

type Json = Readonly<Record<string, unknown>>

/** kubeconform's `-schema-location` within a folder that `writeSchemas` filled. */
export function schemaLocation(folder: string): string {
  return join(folder, '{{ .Group }}', '{{ .ResourceKind }}_{{ .ResourceAPIVersion }}.json')
}

/**
 * Writes a schema for every kind that the server knows.
 * @returns how many
 */
export async function writeSchemas(cluster: TestCluster, folder: string): Promise<number> {
  const index = await document(cluster, '/openapi/v3')
  if (index === null) throw new Error('the API server publishes no schemas')
  const paths = Object.keys(index['paths'] as Json).filter((path) => /^apis?\/(.+\/)?v\d/.test(path))
  let written = 0
  for (const path of paths) {
    const group = await document(cluster, `/openapi/v3/${path}`)
    // the index names groups a while longer whose definitions another spec has just taken away
    if (group === null) continue
    const components = group['components'] as Json | undefined
    const schemas = (components?.['schemas'] ?? {}) as Readonly<Record<string, Json>>
    const closed = Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, close(schema)]))
    for (const [name, schema] of Object.entries(schemas))
      for (const { group, version, kind } of kindsOf(schema)) {
        // kubeconform has the version where a core kind has no group
        const file = join(folder, group === '' ? version : group, `${kind.toLowerCase()}_${version}.json`)
        await mkdir(dirname(file), { recursive: true })
        const top = { $ref: `#/components/schemas/${name}`, components: { schemas: closed } }
        await writeFile(file, JSON.stringify(top))
        written += 1
      }
  }
  return written
}

/** @returns null when there is none */
async function document(cluster: TestCluster, path: string): Promise<Json | null> {
  const { code, stdout, stderr } = await cluster.tryKubectl(['get', '--raw', path])
  if (code === 0) return JSON.parse(stdout) as Json
  if (stderr.includes('NotFound')) return null
  throw new Error(stderr)
}

interface Kind {
  readonly group: string
  readonly version: string
  readonly kind: string
}

/** Kinds that this schema is the whole of; options of requests are kinds too, in every group. */
function kindsOf(schema: Json): readonly Kind[] {
  const kinds = (schema['x-kubernetes-group-version-kind'] ?? []) as readonly Kind[]
  return 'metadata' in ((schema['properties'] ?? {}) as Json) && kinds.length === 1 ? kinds : []
}

/** The same schema that takes no fields but those it names. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema
  const entries = Object.entries(schema).map(([key, value]) => [key, key === 'default' ? value : close(value)] as const)
  const closed: Json = Object.fromEntries(entries)
  const named = isSchema(closed) && !('additionalProperties' in closed)
  return named && closed['x-kubernetes-preserve-unknown-fields'] !== true
    ? { ...closed, additionalProperties: false }
    : closed
}

/** A schema of an object with named fields, and not a field that happens to be called `properties`. */
function isSchema(value: Json): boolean {
  return value['type'] === 'object' && typeof value['properties'] === 'object'
}
