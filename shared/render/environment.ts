// The environment of a desktop's container: Selkies 2.1 settings (SELKIES_*) and what the image's start script reads.
// A template may change what is only a default; what guards the desktop (login, ICE document, media port, no commands) it may not.
import { accessName } from '../domain/names.ts'
import { DESKTOP_USER, MEDIA_PORT } from '../product.ts'
import { homePath, usesGpu, type RenderInput } from './render-input.ts'

/** Where the ICE document is mounted. Selkies 2.1 takes it only as a regular file that nobody else can write. */
export const RTC_DOCUMENT_PATH = '/etc/selkies/rtc.json'

export type EnvVar =
  | { readonly name: string; readonly value: string }
  | { readonly name: string; readonly valueFrom: Readonly<Record<string, unknown>> }

/** The variables of the desktop's container, each name once. */
export function desktopEnvironment(input: RenderInput): readonly EnvVar[] {
  const fixed = [
    ...mediaAndLogin(input),
    ...(input.template.spec.flavour === 'linuxserver' ? linuxserver(input) : ours(input)),
  ]
  const fixedNames = new Set(fixed.map(({ name }) => name))
  const chosen = input.template.spec.env.filter(({ name }) => !fixedNames.has(name))
  const chosenNames = new Set(chosen.map(({ name }) => name))
  return [...fixed, ...defaults(input).filter(({ name }) => !chosenNames.has(name)), ...chosen]
}

function mediaAndLogin(input: RenderInput): EnvVar[] {
  const { transport, generation } = input.template.spec.streaming
  const env: EnvVar[] = [
    { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } },
    { name: 'SELKIES_RTC_CONFIG_JSON', value: RTC_DOCUMENT_PATH },
    { name: 'SELKIES_COMMAND_ENABLED', value: 'false|locked' },
  ]
  if (generation === 'selkies1') return env
  return [
    ...env,
    { name: 'SELKIES_MODE', value: transport === 'websocket' ? 'websockets' : 'webrtc' },
    { name: 'SELKIES_ENABLE_DUAL_MODE', value: String(transport === 'dual') },
    { name: 'SELKIES_WEBRTC_UDP_MUX_PORT', value: String(MEDIA_PORT) },
    { name: 'SELKIES_WEBRTC_TCP_MUX_PORT', value: String(MEDIA_PORT) },
  ]
}

/** Our image: Selkies listens itself and asks for the login. */
function ours(input: RenderInput): EnvVar[] {
  return [
    { name: 'HOME', value: homePath(input) },
    { name: 'SELKIES_PUBLIC', value: 'true' },
    { name: 'SELKIES_PORT', value: String(input.template.spec.streaming.port) },
    { name: 'SELKIES_ENABLE_BASIC_AUTH', value: 'true' },
    { name: 'SELKIES_BASIC_AUTH_USER', value: DESKTOP_USER },
    { name: 'SELKIES_BASIC_AUTH_PASSWORD', valueFrom: password(input) },
    // the start script lends the media port to loopback, where a port-forward arrives
    { name: 'MEDIA_PORT', value: String(MEDIA_PORT) },
  ]
}

/** LinuxServer's images: nginx in front asks for the login, the supervisor changes to the user of PUID. */
function linuxserver(input: RenderInput): EnvVar[] {
  return [
    { name: 'PUID', value: '1000' },
    { name: 'PGID', value: '1000' },
    { name: 'CUSTOM_PORT', value: String(input.template.spec.streaming.port) },
    { name: 'CUSTOM_USER', value: DESKTOP_USER },
    { name: 'PASSWORD', valueFrom: password(input) },
  ]
}

/** The first is used; the others can be chosen by who watches, or are used where a browser does not decode it. Source: Selkies 2.1. */
const ENCODERS = ['h264enc', 'h265enc', 'vp8enc', 'vp9enc', 'av1enc', 'h264enc-striped', 'jpeg'] as const

function defaults(input: RenderInput): EnvVar[] {
  const { streaming, display } = input.template.spec
  const gpu = usesGpu(input)
  return [
    {
      name: 'SELKIES_ENCODER',
      value: streaming.encoder ?? (streaming.generation === 'selkies1' ? 'x264enc' : ENCODERS.join(',')),
    },
    { name: 'SELKIES_FRAMERATE', value: String(display.refreshRate) },
    // 1.6 knows how to take another size, and takes it only where it was told to
    ...(streaming.generation === 'selkies1' ? [{ name: 'SELKIES_ENABLE_RESIZE', value: 'true' }] : []),
    gpu ? { name: 'NVIDIA_DRIVER_CAPABILITIES', value: 'all' } : { name: 'SELKIES_USE_CPU', value: 'true' },
  ]
}

function password({ session }: RenderInput): Readonly<Record<string, unknown>> {
  return { secretKeyRef: { name: accessName(session.name), key: 'password' } }
}
