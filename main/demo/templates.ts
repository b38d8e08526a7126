// What the demo's cluster offers: six everyday desktops, and one whose image is broken, so that a failure can be seen too.
import { templateSpecSchema, type Template, type TemplateSpecInput } from '../../shared/domain/template.ts'

/** Label of the machines on which only CAD runs; that pool is small, so its slices are often all taken. */
export const CAD_POOL = { 'example.com/pool': 'cad' } as const
/** The image that no registry has. */
export const BROKEN_IMAGE = 'images.example.com/desktops/render-farm:2.4.9'

const image = (name: string, tag: string): string => `images.example.com/desktops/${name}:${tag}`

/** The demo's templates. */
export const DEMO_TEMPLATES: readonly Template[] = [
  demo('ubuntu-desktop', {
    displayName: 'Ubuntu desktop',
    description: 'GNOME, office, your own tools',
    icon: 'monitor',
    image: image('ubuntu', '26.04'),
    resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { cpu: '4', memory: '8Gi' } },
    gpu: { slices: 1 },
    storage: { home: { size: '20Gi' } },
  }),
  demo('blender', {
    displayName: 'Blender',
    description: '3D modelling with Cycles on the GPU',
    icon: 'shapes',
    image: image('blender', '5.2'),
    resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { cpu: '8', memory: '16Gi' } },
    gpu: { slices: 1 },
    storage: { home: { size: '50Gi' } },
  }),
  demo('cad-workstation', {
    displayName: 'CAD workstation',
    description: 'FreeCAD and KiCad',
    icon: 'ruler',
    image: image('cad', '1.9'),
    resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { cpu: '6', memory: '24Gi' } },
    gpu: { slices: 1 },
    storage: { home: { size: '50Gi' } },
    nodeSelector: CAD_POOL,
  }),
  demo('firefox-kiosk', {
    displayName: 'Firefox kiosk',
    description: 'One browser, nothing kept',
    icon: 'globe',
    image: image('firefox', '153'),
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
    lifecycle: { idleTimeoutSeconds: 900 },
  }),
  demo('plain-terminal', {
    displayName: 'Plain terminal',
    description: 'A shell in your home',
    icon: 'terminal',
    image: image('terminal', '3.1'),
    resources: { requests: { cpu: '250m', memory: '512Mi' }, limits: { cpu: '1', memory: '1Gi' } },
    storage: { home: { size: '5Gi' } },
  }),
  demo('data-notebook', {
    displayName: 'Data notebook',
    description: 'JupyterLab with CUDA and Python',
    icon: 'chart-line',
    image: image('notebook', '2026.11'),
    resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { cpu: '4', memory: '16Gi' } },
    gpu: { slices: 1 },
    storage: { home: { size: '100Gi' } },
  }),
  demo('broken-image', {
    displayName: 'Broken image',
    description: 'Names an image that no registry has: shows how a start fails',
    icon: 'image-off',
    image: BROKEN_IMAGE,
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { cpu: '2', memory: '2Gi' } },
  }),
]

function demo(id: string, spec: TemplateSpecInput): Template {
  return { id, origin: 'demo', spec: templateSpecSchema.parse(spec) }
}
