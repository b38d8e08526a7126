// The templates that every cluster offers without anybody writing one.
import { DEFAULT_DESKTOP_IMAGE } from '../product.ts'
import { templateSpecSchema, type Template, type TemplateSpecInput } from './template.ts'

/**
 * The built-in templates.
 * @param desktopImage our own desktop's image, as the cluster's nodes know it
 */
export function builtinTemplates(desktopImage: string = DEFAULT_DESKTOP_IMAGE): readonly Template[] {
  return [
    builtin('light-desktop', {
      displayName: 'Light desktop',
      description: 'A small desktop with a terminal, a file manager and a browser. Needs no GPU.',
      icon: 'monitor',
      image: desktopImage,
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '2', memory: '2Gi' } },
      storage: { home: { size: '5Gi' } },
    }),
    builtin('full-desktop', {
      displayName: 'Full desktop',
      description: 'The same desktop with a slice of a GPU, for 3D, video and heavier work.',
      icon: 'cpu',
      image: desktopImage,
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '4', memory: '8Gi' } },
      gpu: { slices: 1, runtimeClassName: 'nvidia' },
      storage: { home: { size: '20Gi' }, shmSize: '1Gi' },
    }),
    builtin('browser-kiosk', {
      displayName: 'Browser',
      description: 'A browser and nothing else. Nothing is kept: each start is a fresh one.',
      icon: 'globe',
      image: desktopImage,
      resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '2', memory: '2Gi' } },
      storage: { shmSize: '1Gi' },
      env: [{ name: 'DESKTOP_SESSION', value: 'kiosk' }],
    }),
    builtin('linuxserver-webtop', {
      displayName: 'LinuxServer webtop',
      description: 'The webtop of LinuxServer.io: a whole XFCE desktop, fetched from their registry.',
      icon: 'layout-grid',
      image: 'linuxserver/webtop:debian-xfce',
      flavour: 'linuxserver',
      streaming: { port: 3000 },
      resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '4', memory: '4Gi' } },
      storage: { home: { size: '10Gi', mountPath: '/config' }, shmSize: '1Gi' },
      security: { level: 'baseline', reason: 'Its supervisor starts as root and changes users itself.' },
    }),
  ]
}

function builtin(id: string, spec: TemplateSpecInput): Template {
  return { id, origin: 'builtin', spec: templateSpecSchema.parse(spec) }
}
