// The CRDs of our three kinds, made from the schemas that the app and the operator read them with.
// The chart's files and manifests/phase-2 hold the same objects.
import type * as z from 'zod/mini'
import type { CelRule } from '../../shared/domain/crd-meta.ts'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { SESSION_RULES, vdiSessionSpecSchema, vdiSessionStatusSchema } from '../../shared/domain/vdi-session.ts'
import { TEMPLATE_RULES, vdiTemplateStatusSchema } from '../../shared/domain/vdi-template.ts'
import { USER_RULES, vdiUserSpecSchema, vdiUserStatusSchema } from '../../shared/domain/vdi-user.ts'
import { API_GROUP, API_VERSION, PRODUCT_ID } from '../../shared/product.ts'
import { structuralSchema, type StructuralSchema } from './crd-schema.ts'
import { yamlFile, type GeneratedFile } from './generated-file.ts'

export const CRD_FOLDER = 'charts/kasm-operator/files/crds'

interface Column {
  readonly name: string
  readonly type: 'string' | 'integer' | 'date'
  readonly jsonPath: string
  /** 1: shown with `-o wide` alone. */
  readonly priority?: 1
}

interface Kind {
  readonly kind: string
  readonly shortName: string
  readonly scope: 'Cluster' | 'Namespaced'
  readonly description: string
  readonly spec: z.core.$ZodType
  readonly specDescription: string
  readonly status: z.core.$ZodType
  readonly rules: readonly CelRule[]
  readonly selectable?: readonly string[]
  readonly columns: readonly Column[]
}

const condition = (type: string, part: string): string => `.status.conditions[?(@.type=="${type}")].${part}`
const READY: Column = { name: 'Ready', type: 'string', jsonPath: condition('Ready', 'status') }
const REASON: Column = { name: 'Reason', type: 'string', jsonPath: condition('Ready', 'reason') }
const AGE: Column = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' }

const KINDS: readonly Kind[] = [
  {
    kind: 'VDITemplate',
    shortName: 'vdt',
    scope: 'Cluster',
    description: 'What desktops are made from. An admin writes it; people see it as a card that they can start.',
    spec: templateSpecSchema,
    specDescription: 'The template. A change holds for desktops that start after it.',
    status: vdiTemplateStatusSchema,
    rules: TEMPLATE_RULES,
    columns: [
      { name: 'Display Name', type: 'string', jsonPath: '.spec.displayName' },
      { name: 'Slices', type: 'integer', jsonPath: '.spec.gpu.slices' },
      { name: 'Sessions', type: 'integer', jsonPath: '.status.sessions' },
      { name: 'Running', type: 'integer', jsonPath: '.status.running' },
      { name: 'Warm', type: 'integer', jsonPath: '.status.warm', priority: 1 },
      READY,
      { ...REASON, priority: 1 },
      { name: 'Image', type: 'string', jsonPath: '.spec.image', priority: 1 },
      AGE,
    ],
  },
  {
    kind: 'VDISession',
    shortName: 'vds',
    scope: 'Namespaced',
    description: "One person's desktop, running or stopped. It stands in the namespace of its VDIUser.",
    spec: vdiSessionSpecSchema,
    specDescription: 'What the person wants.',
    status: vdiSessionStatusSchema,
    rules: SESSION_RULES,
    selectable: ['.spec.owner', '.spec.templateRef.name', '.status.phase'],
    columns: [
      { name: 'Owner', type: 'string', jsonPath: '.spec.owner' },
      { name: 'Template', type: 'string', jsonPath: '.spec.templateRef.name' },
      { name: 'Desired', type: 'string', jsonPath: '.spec.desiredState' },
      { name: 'Phase', type: 'string', jsonPath: '.status.phase' },
      READY,
      REASON,
      { name: 'Clients', type: 'integer', jsonPath: '.status.connectedClients' },
      { name: 'Node', type: 'string', jsonPath: '.status.nodeName', priority: 1 },
      { name: 'GPU', type: 'string', jsonPath: '.status.gpu.uuid', priority: 1 },
      { name: 'Encoder', type: 'string', jsonPath: '.status.encoder', priority: 1 },
      { name: 'Last Activity', type: 'date', jsonPath: '.status.lastActivityTime', priority: 1 },
      AGE,
    ],
  },
  {
    kind: 'VDIUser',
    shortName: 'vdu',
    scope: 'Cluster',
    description: 'Somebody who may have desktops. It becomes a namespace with rights, limits and walls.',
    spec: vdiUserSpecSchema,
    specDescription: 'Who it is, and how much they may have.',
    status: vdiUserStatusSchema,
    rules: USER_RULES,
    columns: [
      { name: 'Username', type: 'string', jsonPath: '.spec.username' },
      { name: 'Namespace', type: 'string', jsonPath: '.status.namespace' },
      { name: 'Sessions', type: 'integer', jsonPath: '.status.sessions' },
      { name: 'Suspended', type: 'string', jsonPath: '.spec.suspended' },
      READY,
      { ...REASON, priority: 1 },
      AGE,
    ],
  },
]

/** The three CustomResourceDefinitions. */
export function customResources(): readonly CustomResource[] {
  return KINDS.map(customResource)
}

/** The CRDs as the chart has them, one a file, and all of them for people without the chart. */
export function crds(): readonly GeneratedFile[] {
  const all = customResources()
  return [
    ...all.map((crd) =>
      yamlFile(`${CRD_FOLDER}/${crd.spec.names.plural}.yaml`, `${crd.spec.names.kind}: kept when the chart goes.`, [
        crd,
      ]),
    ),
    yamlFile('manifests/phase-2/crds.yaml', 'The kinds of the operator: kubectl apply --server-side -f crds.yaml', all),
  ]
}

/** The parts of a CRD that are read again here and in tests. */
export interface CustomResource {
  readonly metadata: { readonly name: string; readonly [field: string]: unknown }
  readonly spec: {
    readonly names: { readonly kind: string; readonly plural: string; readonly [field: string]: unknown }
    readonly versions: readonly [
      { readonly schema: { readonly openAPIV3Schema: StructuralSchema }; readonly [field: string]: unknown },
    ]
    readonly [field: string]: unknown
  }
  readonly [field: string]: unknown
}

function customResource(of: Kind): CustomResource {
  const singular = of.kind.toLowerCase()
  const plural = `${singular}s`
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: {
      name: `${plural}.${API_GROUP}`,
      labels: { 'app.kubernetes.io/part-of': PRODUCT_ID },
      // without its kind every session, and with it every home, would be taken for removed
      annotations: { 'helm.sh/resource-policy': 'keep' },
    },
    spec: {
      group: API_GROUP,
      scope: of.scope,
      // kubectl takes a short name that is a category too for neither
      names: {
        kind: of.kind,
        listKind: `${of.kind}List`,
        plural,
        singular,
        shortNames: [of.shortName],
        categories: ['vdi'],
      },
      conversion: { strategy: 'None' },
      versions: [
        {
          name: API_VERSION,
          served: true,
          storage: true,
          subresources: { status: {} },
          ...(of.selectable && { selectableFields: of.selectable.map((jsonPath) => ({ jsonPath })) }),
          additionalPrinterColumns: of.columns,
          schema: { openAPIV3Schema: wholeObject(of) },
        },
      ],
    },
  }
}

function wholeObject(of: Kind): StructuralSchema {
  return {
    description: of.description,
    type: 'object',
    'x-kubernetes-validations': of.rules,
    required: ['spec'],
    properties: {
      apiVersion: { type: 'string' },
      kind: { type: 'string' },
      metadata: { type: 'object' },
      spec: { ...structuralSchema(of.spec, 'spec'), description: of.specDescription },
      status: {
        ...structuralSchema(of.status, 'status'),
        description: 'What the operator found and made. Nobody else writes it.',
      },
    },
  }
}
