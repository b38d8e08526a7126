// One renderer for every mode: template + session + platform -> the Kubernetes objects of a desktop.
// Pure; the golden files beside it hold direct mode, the operator and the manifests together.
import { templateHash } from '../domain/hash.ts'
import { accessName, homeName, mediaName } from '../domain/names.ts'
import { ANNOTATION, LABEL, MEDIA_PORT } from '../product.ts'
import { mediaRelayData } from './media-relay.ts'
import { podSpec } from './pod.ts'
import type { RelayCredential, RenderInput } from './render-input.ts'
import type { KubeObject, OwnerReference } from './types.ts'

export type { RelayCredential, RenderInput, RenderPlatform, RenderedSession } from './render-input.ts'

/** A session's objects. The claim outlives the session; pod and Service belong to the Secret. */
export interface SessionObjects {
  readonly secret: KubeObject
  /** Present when the template keeps a home. */
  readonly claim?: KubeObject
  readonly pod: KubeObject
  /** Present when the platform makes node ports. */
  readonly service?: KubeObject
}

/** Renders a session. @param input everything that goes in; the password must be random, base64url. */
export function renderSession(input: RenderInput): SessionObjects {
  const { storage } = input.template.spec
  return {
    secret: accessSecret(input),
    ...(storage.home ? { claim: homeClaim(input) } : {}),
    pod: {
      apiVersion: 'v1',
      kind: 'Pod',
      // whoever looks after the cluster sees pods alone: the desktop's name stands on its pod too
      metadata: childMetadata(input, input.session.name, { [ANNOTATION.displayName]: input.session.displayName }),
      spec: podSpec(input),
    },
    ...(input.platform.nodePort ? { service: mediaService(input) } : {}),
  }
}

/** The ICE document: what Selkies names to its clients instead of the public servers it would name by itself. */
export function rtcDocument(stunUrls: readonly string[] = []): string {
  return JSON.stringify({ iceServers: stunUrls.length === 0 ? [] : [{ urls: stunUrls }] })
}

function labels({ template, session, platform }: RenderInput): Readonly<Record<string, string>> {
  return {
    [LABEL.session]: session.name,
    [LABEL.ownerHash]: session.ownerHash,
    [LABEL.template]: template.id,
    [LABEL.managed]: platform.fieldManager,
  }
}

/** The record of the session: what must be known after its pod is gone. */
function accessSecret(input: RenderInput): KubeObject {
  const { template, session, secrets, platform } = input
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: accessName(session.name),
      namespace: session.namespace,
      labels: labels(input),
      annotations: {
        [ANNOTATION.owner]: session.owner,
        [ANNOTATION.displayName]: session.displayName,
        [ANNOTATION.templateHash]: templateHash(template.spec),
        [ANNOTATION.template]: JSON.stringify(template.spec),
        [ANNOTATION.created]: session.created,
        [ANNOTATION.lastStarted]: session.lastStarted,
        ...(template.spec.storage.home ? { [ANNOTATION.home]: homeName(template.id, session.ownerHash) } : {}),
      },
      ...(input.owner === undefined ? {} : { ownerReferences: [input.owner] }),
    },
    type: 'Opaque',
    data: {
      password: btoa(secrets.password),
      'rtc.json': btoa(rtcDocument(platform.stunUrls)),
      ...mediaRelayData(input),
      ...relayData(secrets.relay),
    },
  }
}

/** Keys of the relay's credential in the access Secret. */
export function relayData(relay: RelayCredential | undefined): Readonly<Record<string, string>> {
  if (relay === undefined) return {}
  const { urls, username, credential, expires } = relay
  return {
    'relay-urls': btoa(JSON.stringify(urls)),
    'relay-username': btoa(username),
    'relay-credential': btoa(credential),
    'relay-expires': btoa(expires),
  }
}

/** The home: one a person and template, without an owner, so that nothing takes it along. `created` names the start that made it. */
function homeClaim(input: RenderInput): KubeObject {
  const { template, session, platform } = input
  const home = template.spec.storage.home
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: {
      name: homeName(template.id, session.ownerHash),
      namespace: session.namespace,
      labels: {
        [LABEL.ownerHash]: session.ownerHash,
        [LABEL.template]: template.id,
        [LABEL.managed]: platform.fieldManager,
      },
      annotations: { [ANNOTATION.owner]: session.owner, [ANNOTATION.created]: session.lastStarted },
    },
    spec: {
      accessModes: ['ReadWriteOnce'],
      ...(home?.storageClassName === undefined ? {} : { storageClassName: home.storageClassName }),
      resources: { requests: { storage: home?.size ?? '1Gi' } },
    },
  }
}

/**
 * externalTrafficPolicy Local: the node that runs the desktop answers itself, and the client's address stays what it is.
 * publishNotReadyAddresses: the node opens the port while the desktop starts. A viewer comes the moment it is ready, seconds before
 * kube-proxy would have heard of that, and would settle for the tunnel.
 */
function mediaService(input: RenderInput): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: childMetadata(input, mediaName(input.session.name)),
    spec: {
      type: 'NodePort',
      externalTrafficPolicy: 'Local',
      publishNotReadyAddresses: true,
      selector: { [LABEL.session]: input.session.name },
      ports: [{ name: 'media', port: MEDIA_PORT, targetPort: MEDIA_PORT, protocol: 'UDP' }],
    },
  }
}

function childMetadata(
  input: RenderInput,
  name: string,
  more: Readonly<Record<string, string>> = {},
): KubeObject['metadata'] {
  const { template, session } = input
  return {
    name,
    namespace: session.namespace,
    labels: labels(input),
    annotations: {
      [ANNOTATION.owner]: session.owner,
      ...more,
      [ANNOTATION.templateHash]: templateHash(template.spec),
      [ANNOTATION.lastStarted]: session.lastStarted,
    },
    ...ownerReferences(input),
  }
}

function ownerReferences({ owner, recordUid, session }: RenderInput): Pick<KubeObject['metadata'], 'ownerReferences'> {
  if (owner !== undefined) return { ownerReferences: [owner] }
  return recordUid === undefined ? {} : { ownerReferences: [recordReference(session.name, recordUid)] }
}

/** No `blockOwnerDeletion`: it would need a right on the Secret's finalizers. */
function recordReference(session: string, uid: string): OwnerReference {
  return { apiVersion: 'v1', kind: 'Secret', name: accessName(session), uid }
}
