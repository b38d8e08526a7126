// The operator's settings: one JSON document that the chart writes into a ConfigMap. What is unknown or wrong ends the start with its name.
import * as z from 'zod/mini'
import { DEFAULT_DESKTOP_IMAGE, DEFAULT_RELAY_IMAGE } from '../shared/product.ts'

const quantity = z.string().check(z.regex(/^[0-9]+(\.[0-9]+)?(m|Ki|Mi|Gi|Ti|k|M|G|T)?$/))

export const operatorConfigSchema = z.strictObject({
  /** Our own desktop's image: side containers of other images run from it. */
  desktopImage: z._default(z.string(), DEFAULT_DESKTOP_IMAGE),
  /** The relay's image: it stands beside desktops of Selkies 1.6, which have no media port. */
  relayImage: z._default(z.string(), DEFAULT_RELAY_IMAGE),
  media: z._default(
    z.strictObject({
      /** One UDP node port for each desktop. */
      nodePort: z._default(z.boolean(), true),
    }),
    { nodePort: true },
  ),
  relay: z._default(
    z.strictObject({
      /** `turn:host:3478?transport=udp`, ...; empty: no relay. */
      urls: z._default(z.array(z.string().check(z.regex(/^turns?:/))), []),
      /** Secret in the platform's namespace; its newest key is used to mint (`secret`, and `previous` while it is rotated out). */
      secretName: z._default(z.string(), 'kasm-operator-relay'),
      ttlSeconds: z._default(z.int().check(z.gte(600), z.lte(86_400)), 43_200),
    }),
    { urls: [], secretName: 'kasm-operator-relay', ttlSeconds: 43_200 },
  ),
  ingress: z._default(
    z.strictObject({
      /** `traefik`: IngressRoute and Middleware; `ingress`: a portable Ingress; `off`. */
      kind: z._default(z.enum(['off', 'traefik', 'ingress']), 'off'),
      host: z._default(z.string(), ''),
      /** Each session is at `<pathPrefix>/<namespace>/<name>/`. */
      pathPrefix: z._default(z.string().check(z.regex(/^\/[a-z0-9/-]*[a-z0-9]$/)), '/s'),
      entryPoints: z._default(z.array(z.string()), ['websecure']),
      /** Of the portable Ingress. */
      className: z._default(z.string(), ''),
      tlsSecretName: z._default(z.string(), ''),
      /** Where the proxy runs, for the NetworkPolicies. */
      proxyNamespace: z._default(z.string(), 'kube-system'),
      proxyLabels: z._default(z.record(z.string(), z.string()), { 'app.kubernetes.io/name': 'traefik' }),
      /** URL of the operator's auth endpoint as the proxy reaches it. */
      authUrl: z._default(z.string(), ''),
    }),
    {
      kind: 'off',
      host: '',
      pathPrefix: '/s',
      entryPoints: ['websecure'],
      className: '',
      tlsSecretName: '',
      proxyNamespace: 'kube-system',
      proxyLabels: { 'app.kubernetes.io/name': 'traefik' },
      authUrl: '',
    },
  ),
  network: z._default(
    z.strictObject({
      /** Ranges that desktops may not reach: the cluster, other machines of the house, link-local (cloud metadata). */
      deniedEgress: z._default(z.array(z.string()), [
        '10.0.0.0/8',
        '172.16.0.0/12',
        '192.168.0.0/16',
        '169.254.0.0/16',
        '100.64.0.0/10',
      ]),
      /** Ranges that desktops may reach although they are denied above. */
      allowedEgress: z._default(z.array(z.string()), []),
      /** The cluster's own ranges; the relay's nodes among them. */
      dnsNamespace: z._default(z.string(), 'kube-system'),
      dnsLabels: z._default(z.record(z.string(), z.string()), { 'k8s-app': 'kube-dns' }),
    }),
    {
      deniedEgress: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '100.64.0.0/10'],
      allowedEgress: [],
      dnsNamespace: 'kube-system',
      dnsLabels: { 'k8s-app': 'kube-dns' },
    },
  ),
  /** Limits of users whose VDIUser names none. */
  defaultQuota: z._default(
    z.strictObject({
      sessions: z._default(z.int(), 3),
      slices: z._default(z.int(), 1),
      cpu: z.optional(quantity),
      memory: z.optional(quantity),
      storage: z.optional(quantity),
    }),
    { sessions: 3, slices: 1 },
  ),
  /** Resource that a user's slices are counted in. */
  sliceResource: z._default(z.string(), 'nvidia.com/gpu.shared'),
  /** Between two questions to each desktop who is connected, s. */
  activitySeconds: z._default(z.int().check(z.gte(5), z.lte(600)), 30),
  concurrency: z._default(z.int().check(z.gte(1), z.lte(64)), 32),
  leaderElection: z._default(
    z.strictObject({
      leaseSeconds: z._default(z.int().check(z.gte(3)), 15),
      renewSeconds: z._default(z.int().check(z.gte(2)), 10),
      retrySeconds: z._default(z.int().check(z.gte(1)), 2),
    }),
    { leaseSeconds: 15, renewSeconds: 10, retrySeconds: 2 },
  ),
  logLevel: z._default(z.enum(['debug', 'info', 'warn', 'error']), 'info'),
})
export type OperatorConfig = z.infer<typeof operatorConfigSchema>
