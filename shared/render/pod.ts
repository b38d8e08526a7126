// The pod of a session, after the one that was proven on a real cluster: restricted unless the template says otherwise.
import { serverPath } from '../domain/server-path.ts'
import { accessName, homeName } from '../domain/names.ts'
import { MEDIA_PORT } from '../product.ts'
import { desktopEnvironment, RTC_DOCUMENT_PATH } from './environment.ts'
import { hasMediaRelay, mediaRelayContainer, mediaRelayVolumes } from './media-relay.ts'
import { homePath, usesGpu, type RenderInput } from './render-input.ts'
import { POD_IP, SIDE_SECURITY } from './side-container.ts'

type Json = Readonly<Record<string, unknown>>

/** Name of the container that is the desktop. */
export const DESKTOP_CONTAINER = 'desktop'
/** Name of the container that lends the media port to loopback beside an image that is not ours. */
export const MEDIA_CONTAINER = 'media'

/** The pod's spec. */
export function podSpec(input: RenderInput): Json {
  const { spec } = input.template
  const runtimeClassName = spec.gpu.slices > 0 && !usesGpu(input) ? undefined : spec.gpu.runtimeClassName
  return {
    hostname: input.session.name,
    restartPolicy: 'Always',
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    terminationGracePeriodSeconds: 5,
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(Object.keys(spec.nodeSelector).length === 0 ? {} : { nodeSelector: spec.nodeSelector }),
    ...(spec.tolerations.length === 0 ? {} : { tolerations: spec.tolerations }),
    ...(spec.imagePullSecrets.length === 0 ? {} : { imagePullSecrets: spec.imagePullSecrets }),
    securityContext: podSecurity(input),
    containers: [desktop(input), ...beside(input)],
    volumes: volumes(input),
  }
}

/** What brings media to a desktop that cannot be reached by itself. */
function beside(input: RenderInput): readonly Json[] {
  if (hasMediaRelay(input)) return [mediaRelayContainer(MEDIA_CONTAINER, input)]
  return input.template.spec.flavour === 'linuxserver' ? [mediaLender(input)] : []
}

function desktop(input: RenderInput): Json {
  const { spec } = input.template
  const { requests, limits } = spec.resources
  const gpu = usesGpu(input) ? { [spec.gpu.resourceName]: String(spec.gpu.slices) } : {}
  return {
    name: DESKTOP_CONTAINER,
    image: spec.image,
    imagePullPolicy: spec.imagePullPolicy,
    env: desktopEnvironment(input),
    ports: [
      { name: 'http', containerPort: spec.streaming.port, protocol: 'TCP' },
      ...(hasMediaRelay(input) ? [] : [{ name: 'media', containerPort: MEDIA_PORT, protocol: 'UDP' }]),
    ],
    ...probes(input),
    ...containerSecurity(input),
    resources: { requests, limits: { ...limits, ...gpu } },
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'shm', mountPath: '/dev/shm' },
      { name: 'home', mountPath: homePath(input) },
      // by subPath, since a mounted Secret is otherwise a symlink, which Selkies refuses
      { name: 'access', mountPath: RTC_DOCUMENT_PATH, subPath: 'rtc.json', readOnly: true },
    ],
  }
}

/** Selkies binds its media port to the pod's address; a port-forward arrives on loopback. */
function mediaLender({ platform }: RenderInput): Json {
  return {
    name: MEDIA_CONTAINER,
    image: platform.desktopImage,
    imagePullPolicy: 'IfNotPresent',
    command: [
      'socat',
      `TCP-LISTEN:${MEDIA_PORT},bind=127.0.0.1,fork,reuseaddr,nodelay`,
      `TCP:$(POD_IP):${MEDIA_PORT},nodelay`,
    ],
    env: [POD_IP],
    securityContext: SIDE_SECURITY,
    resources: { requests: { cpu: '5m', memory: '16Mi' }, limits: { cpu: '500m', memory: '64Mi' } },
  }
}

function probes({ template }: RenderInput): Json {
  const { port, generation } = template.spec.streaming
  // /api/health needs no login in Selkies 2; LinuxServer's nginx asks for one on every path, and 1.6 does too
  const open = template.spec.flavour === 'kasm-operator' && generation === 'selkies2'
  const check = open ? { httpGet: { path: `${serverPath(template.spec)}/api/health`, port } } : { tcpSocket: { port } }
  return {
    startupProbe: { ...check, periodSeconds: 1, failureThreshold: template.spec.lifecycle.startTimeoutSeconds },
    readinessProbe: { ...check, periodSeconds: 2 },
    livenessProbe: { ...check, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 },
  }
}

function podSecurity({ template }: RenderInput): Json {
  const shared = { fsGroup: 1000, fsGroupChangePolicy: 'OnRootMismatch', seccompProfile: { type: 'RuntimeDefault' } }
  return template.spec.security.level === 'restricted' ? { runAsNonRoot: true, runAsUser: 1000, ...shared } : shared
}

function containerSecurity({ template }: RenderInput): Json {
  const { flavour, security } = template.spec
  const rootFilesystem = flavour === 'kasm-operator' ? { readOnlyRootFilesystem: true } : {}
  const restricted =
    security.level === 'restricted' ? { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } } : {}
  const context = { ...restricted, ...rootFilesystem }
  return Object.keys(context).length === 0 ? {} : { securityContext: context }
}

function volumes(input: RenderInput): readonly Json[] {
  const { storage } = input.template.spec
  const home = storage.home
    ? { persistentVolumeClaim: { claimName: homeName(input.template.id, input.session.ownerHash) } }
    : { emptyDir: {} }
  return [
    { name: 'tmp', emptyDir: {} },
    { name: 'shm', emptyDir: { medium: 'Memory', sizeLimit: storage.shmSize } },
    { name: 'home', ...home },
    {
      name: 'access',
      // the document alone, readable by everybody in the pod, writable by nobody: the password is not in it
      secret: {
        secretName: accessName(input.session.name),
        defaultMode: 0o444,
        items: [{ key: 'rtc.json', path: 'rtc.json' }],
      },
    },
    ...(hasMediaRelay(input) ? mediaRelayVolumes(accessName(input.session.name)) : []),
  ]
}
