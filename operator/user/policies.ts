// The walls around a person's desktops: nothing in and nothing out, but what is named here. Desktops never reach each other.
// A port-forward arrives in the pod's own network and needs no rule. kube-router and the like enforce this; without one nothing does.
import { LABEL, MEDIA_PORT, PRODUCT_ID } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { OperatorConfig } from '../config.ts'
import { policy, type NamedUser } from './objects.ts'
import type { Platform } from './observed.ts'

type Json = Readonly<Record<string, unknown>>

/** Names of all policies that we ever make there: one that is not wanted any more is removed. */
export const POLICY_NAMES = ['default-deny', 'egress', 'media', 'operator', 'ingress-proxy'] as const
/** Labels of the operator's own pods. */
export const OPERATOR_LABELS = { 'app.kubernetes.io/name': PRODUCT_ID, 'app.kubernetes.io/component': 'operator' }
/** Behind the Service's 53, which is what a policy sees; 5353 where DNS runs without privileges. */
const DNS_PORTS = [53, 5353]
/** The pods of sessions: what else an admin runs there is shut off whole. */
const SESSIONS: Json = { matchExpressions: [{ key: LABEL.session, operator: 'Exists' }] }

/** The policies of a person's namespace, as the settings want them. */
export function policiesOf(user: NamedUser, config: OperatorConfig, platform: Platform): readonly KubeObject[] {
  const { media, ingress } = config
  return [
    policy(user, 'default-deny', { podSelector: {}, policyTypes: ['Ingress', 'Egress'] }),
    policy(user, 'egress', { podSelector: SESSIONS, policyTypes: ['Egress'], egress: egressRules(config) }),
    // DTLS and ICE's password protect it; with externalTrafficPolicy Local the client's own address arrives
    ...(media.nodePort ? [policy(user, 'media', incoming({ ports: [{ port: MEDIA_PORT, protocol: 'UDP' }] }))] : []),
    // which port a desktop serves is its template's word, so any TCP port; the operator asks there who is connected
    policy(user, 'operator', incoming(tcpFrom(platform.namespace, OPERATOR_LABELS))),
    ...(ingress.kind === 'off'
      ? []
      : [policy(user, 'ingress-proxy', incoming(tcpFrom(ingress.proxyNamespace, ingress.proxyLabels)))]),
  ]
}

function incoming(rule: Json): Json {
  return { podSelector: SESSIONS, policyTypes: ['Ingress'], ingress: [rule] }
}

function tcpFrom(namespace: string, labels: Readonly<Record<string, string>>): Json {
  return { from: [podsOf(namespace, labels)], ports: [{ protocol: 'TCP' }] }
}

function podsOf(namespace: string, labels: Readonly<Record<string, string>>): Json {
  return {
    namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } },
    podSelector: { matchLabels: labels },
  }
}

/** DNS, the internet without the denied ranges, and what is allowed by name. IPv6 is open only once its denied ranges are named. */
function egressRules({ network }: OperatorConfig): readonly Json[] {
  const { deniedEgress, allowedEgress, dnsNamespace, dnsLabels } = network
  const [denied6, denied4] = [deniedEgress.filter(isV6), deniedEgress.filter((range) => !isV6(range))]
  const internet = [
    ...(denied4.includes('0.0.0.0/0') ? [] : [block('0.0.0.0/0', denied4)]),
    ...(denied6.length === 0 || denied6.includes('::/0') ? [] : [block('::/0', denied6)]),
  ]
  const reachable = [...internet, ...allowedEgress.map((range) => block(range))]
  return [
    {
      to: [podsOf(dnsNamespace, dnsLabels)],
      ports: DNS_PORTS.flatMap((port) => ['UDP', 'TCP'].map((protocol) => ({ port, protocol }))),
    },
    ...(reachable.length === 0 ? [] : [{ to: reachable }]),
  ]
}

function isV6(range: string): boolean {
  return range.includes(':')
}

function block(cidr: string, except: readonly string[] = []): Json {
  return { ipBlock: { cidr, ...(except.length === 0 ? {} : { except }) } }
}
