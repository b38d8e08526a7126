// What the chart's values may be: one schema, of which values.schema.json is made. The operator's own settings are its config's schema.
import * as z from 'zod/mini'
import { operatorConfigSchema } from '../../../operator/config.ts'
import type { GeneratedFile } from '../generated-file.ts'

const text = z.string()
const port = z.int().check(z.gte(1), z.lte(65_535))
const names = z.record(z.string(), z.string())
/** What Kubernetes checks better: passed on as it is. */
const passed = z.record(z.string(), z.unknown())
const list = z.array(passed)
const resources = z.strictObject({ requests: z.optional(passed), limits: z.optional(passed) })
const range = z.string().check(z.regex(/^[0-9a-fA-F.:]+(-[0-9a-fA-F.:]+)?$/))

const image = z.strictObject({
  repository: text.check(z.minLength(1)),
  tag: text.check(z.regex(/^[A-Za-z0-9_.-]*$/)),
  digest: text.check(z.regex(/^(sha256:[0-9a-f]{64})?$/)),
  pullPolicy: z.enum(['Always', 'IfNotPresent', 'Never']),
})

/** Every value of the chart. */
export const chartValuesSchema = z.strictObject({
  /** Helm puts it there for charts within charts. */
  global: z.optional(passed),
  namespaceOverride: text,
  image,
  imagePullSecrets: z.array(z.strictObject({ name: text })),
  replicas: z.int().check(z.gte(1), z.lte(9)),
  resources,
  nodeSelector: names,
  tolerations: list,
  affinity: passed,
  priorityClassName: text,
  podLabels: names,
  podAnnotations: names,
  serviceAccount: z.strictObject({ name: text.check(z.minLength(1)), annotations: names }),
  crds: z.strictObject({ install: z.boolean() }),
  admission: z.strictObject({ install: z.boolean() }),
  networkPolicy: z.strictObject({ install: z.boolean(), apiServerPorts: z.array(port) }),
  serviceMonitor: z.strictObject({
    install: z.boolean(),
    interval: text.check(z.regex(/^[0-9]+(s|m)$/)),
    labels: names,
  }),
  templates: z.strictObject({ install: z.boolean(), names: z.array(text), gpuRuntimeClassName: text }),
  users: z.array(
    z.strictObject({
      name: text.check(z.regex(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/)),
      // the API server checks the rest, and names the field
      spec: z.looseObject({ username: text.check(z.minLength(1)) }),
    }),
  ),
  warmPool: z.strictObject({
    enabled: z.boolean(),
    // a VDIUser's: the API server checks it
    quota: passed,
  }),
  relay: z.strictObject({
    install: z.boolean(),
    addresses: z.array(text.check(z.minLength(1))),
    image,
    kind: z.enum(['DaemonSet', 'Deployment']),
    nodeSelector: names,
    tolerations: list,
    port,
    tlsPort: port,
    minPort: port,
    maxPort: port,
    allowedPeers: z.array(range),
    externalIp: text.check(z.regex(/^([0-9a-fA-F.:]+(\/[0-9a-fA-F.:]+)?)?$/)),
    userQuota: z.int().check(z.gte(1)),
    totalQuota: z.int().check(z.gte(1)),
    maxBytesPerSecond: z.int().check(z.gte(0)),
    tls: z.strictObject({ secretName: text }),
    resources,
  }),
  homes: z.strictObject({
    install: z.boolean(),
    path: text.check(z.regex(/^\/[A-Za-z0-9._/-]+$/)),
    nodeSelector: names,
    tolerations: list,
    resources,
  }),
  gpu: z.strictObject({
    timeSlicing: z.strictObject({
      install: z.boolean(),
      namespace: text,
      name: text,
      configs: z.record(z.string().check(z.regex(/^[A-Za-z0-9_.-]+$/)), z.int().check(z.gte(2), z.lte(64))),
    }),
    runtimeClass: z.strictObject({ install: z.boolean(), name: text, handler: text }),
  }),
  config: operatorConfigSchema,
})

/** Draft 7: every Helm that is in use reads it. */
export function valuesSchema(): GeneratedFile {
  const schema = z.toJSONSchema(chartValuesSchema, { target: 'draft-7', io: 'input' })
  const document = { title: 'Values of the chart kasm-operator', ...schema }
  return { path: 'charts/kasm-operator/values.schema.json', text: `${JSON.stringify(document, null, 2)}\n` }
}
