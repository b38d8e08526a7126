// What a rendered session promises beyond its golden file: safe by default, no public server, the template cannot weaken the login.
import { expect, test } from 'vitest'
import { builtinTemplates } from '../domain/builtin-templates.ts'
import { RESERVED_ENV } from '../domain/template-pod.ts'
import { templateSpecSchema, type Template, type TemplateSpecInput } from '../domain/template.ts'
import { renderSession, rtcDocument, type RenderInput } from './render-session.ts'

interface Container {
  readonly name: string
  readonly env: readonly { readonly name: string; readonly value?: string; readonly valueFrom?: object }[]
  readonly securityContext?: Readonly<Record<string, unknown>>
  readonly resources: { readonly limits: Readonly<Record<string, string>> }
  readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string; readonly subPath?: string }[]
  readonly startupProbe: { readonly httpGet?: { readonly path: string }; readonly tcpSocket?: object }
}
interface PodSpec {
  readonly containers: readonly [Container, ...Container[]]
  readonly securityContext: Readonly<Record<string, unknown>>
  readonly runtimeClassName?: string
  readonly enableServiceLinks: boolean
  readonly automountServiceAccountToken: boolean
  readonly volumes: readonly (Readonly<Record<string, unknown>> & { readonly name: string })[]
}

function render(
  template: Template,
  session: Partial<RenderInput['session']> = {},
  platform: Partial<RenderInput['platform']> = {},
) {
  const objects = renderSession({
    template,
    session: {
      name: `${template.id}-abc`,
      namespace: 'alice',
      owner: 'alice@example',
      ownerHash: 'hash',
      displayName: 'Mine',
      withoutGpu: false,
      created: '2026-01-01T00:00:00.000Z',
      lastStarted: '2026-01-02T00:00:00.000Z',
      ...session,
    },
    platform: { nodePort: true, fieldManager: 'manager', desktopImage: 'example/desk:1', ...platform },
    secrets: { password: 'pa55word' },
  })
  return { ...objects, spec: objects.pod['spec'] as PodSpec }
}
function template(spec: Partial<TemplateSpecInput>): Template {
  return {
    id: 'mine',
    origin: 'configmap',
    spec: templateSpecSchema.parse({ displayName: 'Mine', image: 'example/x:1', ...spec }),
  }
}
const builtin = (id: string): Template => {
  const found = builtinTemplates().find((candidate) => candidate.id === id)
  if (!found) throw new Error(id)
  return found
}
const valueOf = (container: Container, name: string) => container.env.find((entry) => entry.name === name)?.value

test.each(builtinTemplates().map((entry) => [entry.id, entry] as const))(
  '%s: the password stands in the Secret alone',
  (_, entry) => {
    const { secret, pod, claim, service } = render(entry)
    expect((secret['data'] as Record<string, string>)['password']).toBe(btoa('pa55word'))
    for (const object of [pod, claim, service]) expect(JSON.stringify(object ?? null)).not.toContain('pa55word')
  },
)

test.each(builtinTemplates().map((entry) => [entry.id, entry] as const))(
  '%s: the ICE document names no server and is a file that nobody can write',
  (_, entry) => {
    const { secret, spec } = render(entry)
    const document = atob((secret['data'] as Record<string, string>)['rtc.json'] ?? '')
    expect(JSON.parse(document)).toEqual({ iceServers: [] })
    const [desktop] = spec.containers
    const mount = desktop.volumeMounts?.find(({ subPath }) => subPath === 'rtc.json')
    expect(valueOf(desktop, 'SELKIES_RTC_CONFIG_JSON')).toBe(mount?.mountPath)
    const volume = spec.volumes.find(({ name }) => name === mount?.name)?.['secret'] as {
      defaultMode: number
      items: unknown[]
    }
    expect(volume.defaultMode & 0o222).toBe(0)
    expect(volume.items).toEqual([{ key: 'rtc.json', path: 'rtc.json' }])
  },
)

test.each(builtinTemplates().map((entry) => [entry.id, entry] as const))(
  '%s: no token, no service links, names once',
  (_, entry) => {
    const { spec } = render(entry)
    expect(spec).toMatchObject({ enableServiceLinks: false, automountServiceAccountToken: false })
    for (const { env } of spec.containers) {
      const names = env.map(({ name }) => name)
      expect(new Set(names).size).toBe(names.length)
    }
  },
)

test('our own image runs restricted on a read-only root', () => {
  const { spec } = render(builtin('light-desktop'))
  expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } })
  expect(spec.containers[0].securityContext).toEqual({
    allowPrivilegeEscalation: false,
    capabilities: { drop: ['ALL'] },
    readOnlyRootFilesystem: true,
  })
})

test('a baseline template keeps what baseline allows, and seccomp', () => {
  const { spec } = render(template({ security: { level: 'baseline', reason: 'sudo in the desktop' } }))
  expect(spec.securityContext['runAsNonRoot']).toBeUndefined()
  expect(spec.securityContext).toMatchObject({ seccompProfile: { type: 'RuntimeDefault' } })
  expect(spec.containers[0].securityContext).toEqual({ readOnlyRootFilesystem: true })
})

test('a slice is asked for in the limits, with its runtime; without GPU neither is', () => {
  const full = builtin('full-desktop')
  const withSlice = render(full).spec
  expect(withSlice.containers[0].resources.limits['nvidia.com/gpu.shared']).toBe('1')
  expect(withSlice.runtimeClassName).toBe('nvidia')
  expect(valueOf(withSlice.containers[0], 'NVIDIA_DRIVER_CAPABILITIES')).toBe('all')
  const without = render(full, { withoutGpu: true }).spec
  expect(without.containers[0].resources.limits['nvidia.com/gpu.shared']).toBeUndefined()
  expect(without.runtimeClassName).toBeUndefined()
  expect(valueOf(without.containers[0], 'SELKIES_USE_CPU')).toBe('true')
  expect(valueOf(without.containers[0], 'NVIDIA_DRIVER_CAPABILITIES')).toBeUndefined()
})

test('a runtime that has nothing to do with a GPU is kept', () => {
  expect(render(template({ gpu: { slices: 0, runtimeClassName: 'gvisor' } })).spec.runtimeClassName).toBe('gvisor')
})

test.each([
  ['dual', 'webrtc', 'true'],
  ['webrtc', 'webrtc', 'false'],
  ['websocket', 'websockets', 'false'],
] as const)('transport %s starts the server in mode %s, switchable %s', (transport, mode, dual) => {
  const [desktop] = render(template({ streaming: { transport } })).spec.containers
  expect(valueOf(desktop, 'SELKIES_MODE')).toBe(mode)
  expect(valueOf(desktop, 'SELKIES_ENABLE_DUAL_MODE')).toBe(dual)
})

test('a template may set defaults, but not what guards the desktop', () => {
  const env = [
    { name: 'SELKIES_FRAMERATE', value: '30' },
    { name: 'SELKIES_ENABLE_BASIC_AUTH', value: 'false' },
    { name: 'SELKIES_COMMAND_ENABLED', value: 'true' },
    { name: 'SELKIES_WEBRTC_UDP_MUX_PORT', value: '1' },
    { name: 'TZ', value: 'Europe/Berlin' },
  ]
  const [desktop] = render(template({ env })).spec.containers
  expect(valueOf(desktop, 'SELKIES_FRAMERATE')).toBe('30')
  expect(valueOf(desktop, 'TZ')).toBe('Europe/Berlin')
  expect(valueOf(desktop, 'SELKIES_ENABLE_BASIC_AUTH')).toBe('true')
  expect(valueOf(desktop, 'SELKIES_COMMAND_ENABLED')).toBe('false|locked')
  expect(valueOf(desktop, 'SELKIES_WEBRTC_UDP_MUX_PORT')).toBe('28081')
})

test.each(RESERVED_ENV)('a template that sets %s is refused', (name) => {
  expect(() => template({ env: [{ name, value: 'x' }] })).toThrow(/platform/)
})

test('an image of others gets its login, a lender of the media port and a probe that needs no login', () => {
  const { spec } = render(builtin('linuxserver-webtop'))
  const [desktop, lender] = spec.containers
  expect(valueOf(desktop, 'CUSTOM_USER')).toBe('desktop')
  expect(desktop.env.find(({ name }) => name === 'PASSWORD')?.valueFrom).toBeDefined()
  expect(desktop.startupProbe).toMatchObject({ tcpSocket: { port: 3000 } })
  expect(lender).toMatchObject({ image: 'example/desk:1', securityContext: { readOnlyRootFilesystem: true } })
})

test('without a home the home is a scratch folder, and there is no claim', () => {
  const { claim, spec } = render(builtin('browser-kiosk'))
  expect(claim).toBeUndefined()
  expect(spec.volumes.find(({ name }) => name === 'home')).toEqual({ name: 'home', emptyDir: {} })
})

test('STUN servers of the platform’s own are named when there are some', () => {
  expect(JSON.parse(rtcDocument(['stun:10.0.0.1:3478']))).toEqual({ iceServers: [{ urls: ['stun:10.0.0.1:3478'] }] })
})

test('a desktop of Selkies 1.6 has a relay beside it, with a credential of its own that no other container sees', () => {
  const { spec, secret } = render(
    template({ streaming: { generation: 'selkies1', transport: 'webrtc' } }),
    {},
    { relayImage: 'example/turn:1' },
  )
  const [desktop, relay] = spec.containers as unknown as readonly [
    Container,
    Container & { image: string; args: string[] },
  ]
  expect(spec.containers).toHaveLength(2)
  expect(relay.image).toBe('example/turn:1')
  expect(relay.args).toContain('--allowed-peer-ip=$(POD_IP)')
  expect(desktop.volumeMounts?.map(({ name }) => name)).not.toContain('media-relay')
  const data = secret['data'] as Readonly<Record<string, string>>
  const credential = atob(data['media-relay'] ?? '')
  expect(credential).toMatch(/^[a-z2-7]{52}$/)
  expect(atob(data['turnserver.conf'] ?? '')).toContain(`user=desktop:${credential}\n`)
  expect(JSON.stringify(spec)).not.toContain(credential)
  expect(valueOf(desktop, 'SELKIES_ENABLE_RESIZE')).toBe('true')
  expect(render(builtin('light-desktop')).secret['data']).not.toHaveProperty('media-relay')
})
