// Our definitions under another group, so that a spec may install, change and delete them: beside it the app and the operator see nothing
// of them, and no session of anybody's goes with them. And as an older release had them.
import { stringify } from 'yaml'
import { customResources, type CustomResource } from '../../scripts/generate/crds.ts'
import type { StructuralSchema } from '../../scripts/generate/crd-schema.ts'
import type { TestCluster } from '../cluster/index.ts'

export type Kind = 'VDITemplate' | 'VDISession' | 'VDIUser'
export const KINDS: readonly Kind[] = ['VDITemplate', 'VDISession', 'VDIUser']

/** What came later, by kind: an older release knew none of these fields. */
const CAME_LATER: Readonly<Record<Kind, readonly string[]>> = {
  VDITemplate: ['spec.startAhead', 'spec.prePull', 'spec.access.maxSessionsPerUser', 'status.prePulledNodes'],
  VDISession: ['spec.startAhead', 'spec.withoutGpu', 'spec.idleTimeoutSeconds', 'status.encoder'],
  VDIUser: ['spec.podSecurity', 'spec.suspended', 'spec.quota.storage'],
}
/** Fields on which an older release had no rule yet. */
const LOOSER: Readonly<Partial<Record<Kind, readonly string[]>>> = { VDITemplate: ['spec.image'] }

/** The definitions of a release that knew less, and took more. @throws when a field is none of today's */
export function olderKinds(): readonly CustomResource[] {
  return customResources().map((crd) => {
    const kind = crd.spec.names.kind as Kind
    const [version] = crd.spec.versions
    let schema = version.schema.openAPIV3Schema
    for (const path of CAME_LATER[kind]) schema = without(schema, path.split('.'))
    for (const path of LOOSER[kind] ?? []) schema = withoutRules(schema, path.split('.'))
    return { ...crd, spec: { ...crd.spec, versions: [{ ...version, schema: { openAPIV3Schema: schema } }] } }
  })
}

/** The same definitions in a group of the spec's own; the real ones' short names would be taken for theirs. */
export function kindsOf(group: string, of: readonly CustomResource[] = customResources()): readonly CustomResource[] {
  const [category = ''] = group.split('.')
  return of.map((crd) => {
    const { plural } = crd.spec.names
    const names = { ...crd.spec.names, shortNames: [`${category.charAt(0)}${plural}`], categories: [category] }
    return { ...crd, metadata: { name: `${plural}.${group}` }, spec: { ...crd.spec, group, names } }
  })
}

/** Installs or changes definitions, as the chart and `kubectl apply --server-side` do; returns once they are served. */
export async function installKinds(cluster: TestCluster, of: readonly CustomResource[]): Promise<void> {
  const words = ['apply', '--server-side', '--force-conflicts', '-f', '-']
  await cluster.kubectl(words, { input: of.map((crd) => stringify(crd)).join('---\n') })
  const names = of.map(({ metadata }) => `crd/${metadata.name}`)
  await cluster.kubectl(['wait', '--for=condition=Established', '--timeout=30s', ...names])
}

function without(schema: StructuralSchema, [name = '', ...rest]: readonly string[]): StructuralSchema {
  const { [name]: inner, ...others } = schema.properties ?? {}
  if (inner === undefined) throw new Error(`there is no field ${name}`)
  if (rest.length > 0)
    return {
      ...schema,
      default: emptied(schema, [name, ...rest]),
      properties: { ...others, [name]: without(inner, rest) },
    }
  const { required, ...plain } = schema
  return {
    ...plain,
    default: emptied(schema, [name]),
    ...(required && { required: required.filter((one) => one !== name) }),
    properties: others,
  }
}

/** A default may name no field that the schema does not have. */
function emptied(schema: StructuralSchema, path: readonly string[]): unknown {
  return schema.default === undefined ? undefined : removed(schema.default as Fields, path)
}
type Fields = Readonly<Record<string, unknown>>
function removed(value: Fields, [name = '', ...rest]: readonly string[]): Fields {
  const { [name]: inner, ...others } = value
  return rest.length === 0 || inner === undefined ? others : { ...others, [name]: removed(inner as Fields, rest) }
}

function withoutRules(schema: StructuralSchema, [name = '', ...rest]: readonly string[]): StructuralSchema {
  const inner = schema.properties?.[name]
  if (inner === undefined) throw new Error(`there is no field ${name}`)
  const { 'x-kubernetes-validations': _rules, ...free } = inner
  const changed = rest.length === 0 ? free : withoutRules(inner, rest)
  return { ...schema, properties: { ...schema.properties, [name]: changed } }
}
