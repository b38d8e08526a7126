import { describe, expect, it } from 'vitest'
import { LABEL } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import { BEGIN, deletesOf, NAME, NAMESPACE, sessionWorld, writesOf } from './testing/session-world.ts'

const TRAEFIK = { kind: 'traefik', host: 'vdi.example', authUrl: 'http://operator.example:8080/auth' }
const PATH = `/s/${NAMESPACE}/${NAME}`

function objectOf(world: ReturnType<typeof sessionWorld>, kind: string, name = NAME): KubeObject {
  const found = world.observed.routes.find((one) => one.kind === kind && one.metadata.name === name)
  if (!found) throw new Error(`there is no ${kind} ${name}`)
  return found
}

describe('without routes', () => {
  it('none is made', () => {
    const world = sessionWorld()
    world.runs()
    expect(world.observed.routes).toEqual([])
    expect(world.status.endpoints?.some(({ type }) => type === 'Ingress')).toBe(false)
  })
})

describe('Traefik', () => {
  it('leads the session’s path to it, asks the operator first and cuts the path', () => {
    const world = sessionWorld({ config: { ingress: TRAEFIK }, template: { streaming: { port: 3000 } } })
    world.runs()
    expect(objectOf(world, 'IngressRoute')['spec']).toEqual({
      entryPoints: ['websecure'],
      routes: [
        {
          kind: 'Rule',
          match: `Host(\`vdi.example\`) && PathPrefix(\`${PATH}/\`)`,
          middlewares: [{ name: `${NAME}-auth` }, { name: `${NAME}-clean` }, { name: `${NAME}-path` }],
          services: [{ name: NAME, port: 8080 }],
        },
      ],
      tls: {},
    })
    expect(objectOf(world, 'Middleware', `${NAME}-auth`)['spec']).toMatchObject({
      forwardAuth: {
        address: `http://operator.example:8080/auth?session=${NAMESPACE}%2F${NAME}`,
        authResponseHeaders: expect.arrayContaining(['Authorization']),
      },
    })
    expect(objectOf(world, 'Middleware', `${NAME}-path`)['spec']).toEqual({ stripPrefix: { prefixes: [PATH] } })
    expect(objectOf(world, 'Service')['spec']).toMatchObject({
      selector: { [LABEL.session]: NAME },
      ports: [{ port: 8080, targetPort: 3000 }],
    })
  })

  it('keeps the browser’s cookies from the desktop, and the desktop from reaching beyond its path', () => {
    const world = sessionWorld({ config: { ingress: TRAEFIK } })
    world.runs()
    expect(objectOf(world, 'Middleware', `${NAME}-clean`)['spec']).toEqual({
      headers: {
        customRequestHeaders: { Cookie: '' },
        customResponseHeaders: { 'Clear-Site-Data': '', 'Service-Worker-Allowed': '', 'Set-Cookie': '' },
      },
    })
  })

  it('has no address while no host is named', () => {
    const world = sessionWorld({ config: { ingress: { ...TRAEFIK, host: '' } } })
    world.runs()
    expect(objectOf(world, 'IngressRoute')['spec']).toMatchObject({ routes: [{ match: `PathPrefix(\`${PATH}/\`)` }] })
    expect(world.status.endpoints?.some(({ type }) => type === 'Ingress')).toBe(false)
  })

  it('belongs to the session', () => {
    const world = sessionWorld({ config: { ingress: TRAEFIK } })
    world.runs()
    for (const route of world.observed.routes) {
      expect(route.metadata.namespace).toBe(NAMESPACE)
      expect(route.metadata.labels?.[LABEL.session]).toBe(NAME)
      expect(route.metadata.ownerReferences?.[0]).toMatchObject({ uid: 'session-uid', controller: true })
    }
  })

  it('is told with its address once the desktop is ready', () => {
    const world = sessionWorld({ config: { ingress: TRAEFIK } })
    world.settle()
    expect(world.status.endpoints).toBeUndefined()
    world.becomesReady()
    world.settle()
    expect(world.status.endpoints).toContainEqual({
      name: 'web',
      type: 'Ingress',
      protocol: 'TCP',
      url: `https://vdi.example${PATH}/`,
    })
  })

  it('takes the certificate that is named, and plain HTTP where nothing is secure', () => {
    const named = sessionWorld({ config: { ingress: { ...TRAEFIK, tlsSecretName: 'wildcard' } } })
    named.runs()
    expect(objectOf(named, 'IngressRoute')['spec']).toMatchObject({ tls: { secretName: 'wildcard' } })
    const plain = sessionWorld({ config: { ingress: { ...TRAEFIK, entryPoints: ['web'] } } })
    plain.runs()
    expect(objectOf(plain, 'IngressRoute')['spec']).not.toHaveProperty('tls')
    expect(plain.status.endpoints?.find(({ name }) => name === 'web')?.url).toMatch(/^http:/)
  })

  it('goes with a stop', () => {
    const world = sessionWorld({ config: { ingress: TRAEFIK } })
    world.runs()
    world.wish({ desiredState: 'Stopped' })
    expect(deletesOf(world.step())).toEqual(
      expect.arrayContaining([
        `IngressRoute ${NAME}`,
        `Middleware ${NAME}-auth`,
        `Middleware ${NAME}-clean`,
        `Middleware ${NAME}-path`,
        `Service ${NAME}`,
      ]),
    )
    expect(world.observed.routes).toEqual([])
  })

  it('is made again when somebody deletes it, and only that', () => {
    const world = sessionWorld({ config: { ingress: TRAEFIK } })
    world.runs()
    world.observed.routes = world.observed.routes.filter(({ kind }) => kind !== 'IngressRoute')
    expect(writesOf(world.step())).toEqual([`apply IngressRoute ${NAME}`])
  })

  it('follows the settings, and goes when they are off', () => {
    const before = sessionWorld({ config: { ingress: TRAEFIK } })
    before.runs()
    const after = sessionWorld({ config: { ingress: { ...TRAEFIK, host: 'desktops.example' } } })
    Object.assign(after.observed, before.observed)
    expect(writesOf(after.step())).toEqual([`apply IngressRoute ${NAME}`])
    const off = sessionWorld()
    Object.assign(off.observed, before.observed)
    expect(deletesOf(off.step()).toSorted()).toEqual(
      [
        `IngressRoute ${NAME}`,
        ...['auth', 'clean', 'path'].map((part) => `Middleware ${NAME}-${part}`),
        `Service ${NAME}`,
      ].toSorted(),
    )
    expect(off.status.endpoints?.some(({ type }) => type === 'Ingress')).toBe(false)
  })

  it('never deletes what is not the session’s', () => {
    const world = sessionWorld()
    world.runs()
    world.observed.routes = [
      { apiVersion: 'v1', kind: 'Service', metadata: { name: 'guest', namespace: NAMESPACE, uid: 'foreign' } },
    ]
    expect(deletesOf(world.step())).toEqual([])
  })
})

describe('a portable Ingress', () => {
  it('leads the path to the session, asks first and cuts the path by annotations', () => {
    const ingress = { ...TRAEFIK, kind: 'ingress', className: 'nginx', tlsSecretName: 'wildcard' }
    const world = sessionWorld({ config: { ingress } })
    world.runs()
    const object = objectOf(world, 'Ingress')
    expect(object['spec']).toEqual({
      ingressClassName: 'nginx',
      rules: [
        {
          host: 'vdi.example',
          http: {
            paths: [
              {
                path: `${PATH}/(.*)`,
                pathType: 'ImplementationSpecific',
                backend: { service: { name: NAME, port: { number: 8080 } } },
              },
            ],
          },
        },
      ],
      tls: [{ hosts: ['vdi.example'], secretName: 'wildcard' }],
    })
    expect(object.metadata.annotations).toMatchObject({
      'nginx.ingress.kubernetes.io/rewrite-target': '/$1',
      'nginx.ingress.kubernetes.io/auth-url': `http://operator.example:8080/auth?session=${NAMESPACE}%2F${NAME}`,
    })
    expect(world.observed.routes.map(({ kind }) => kind).toSorted()).toEqual(['Ingress', 'Service'])
  })
})

describe('node ports', () => {
  it('that are switched off take the Service along, and the desktop runs on', () => {
    const before = sessionWorld()
    before.runs()
    const after = sessionWorld({ config: { media: { nodePort: false } } })
    Object.assign(after.observed, before.observed)
    after.now = BEGIN + 1000
    expect(deletesOf(after.step())).toEqual([`Service ${NAME}-media`])
    after.settle()
    expect(after.status.endpoints).toBeUndefined()
    expect(after.ready.status).toBe('True')
  })
})
