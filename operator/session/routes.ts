// A session's way in through the cluster's proxy: a Service for its HTTP port, and either Traefik's own kinds or a portable Ingress.
// The operator's auth endpoint is asked before anything reaches the desktop. Everything stands in the user's namespace: Traefik takes no
// Middleware from another one unless told so.
import { INGRESS, INGRESS_ROUTE, MIDDLEWARE, SERVICE, type Resource } from '../../kube/types.ts'
import { isEnding } from '../../shared/domain/cluster-objects.ts'
import { ownerHash, templateHash } from '../../shared/domain/hash.ts'
import { API_GROUP, FIELD_MANAGER_OPERATOR, HTTP_PORT, LABEL } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { OperatorConfig } from '../config.ts'
import type { PlannedDelete, PlannedWrite } from '../plan.ts'
import type { ObservedSession } from './observed.ts'
import { sessionReference } from './owner.ts'

type Ingress = OperatorConfig['ingress']

/** By which a changed setting is noticed: the API server fills in defaults of its own, so the objects are not compared. */
const SPEC_HASH = `${API_GROUP}/spec-hash`
/** What the auth endpoint adds for the desktop: its login, which the browser never learns. */
const FROM_AUTH = ['Authorization']
/** What other paths of the host gave the browser is none of a desktop's business. */
const NOT_IN = ['Cookie']
/** With these a desktop would reach beyond its own path: cookies for the whole host, its other desktops' cookies, a worker before all of them. */
const NOT_OUT = ['Clear-Site-Data', 'Service-Worker-Allowed', 'Set-Cookie']
const KINDS: readonly Resource[] = [INGRESS_ROUTE, INGRESS, MIDDLEWARE, SERVICE]

/** The path of a session, without a slash at its end. */
export function routePath({ pathPrefix }: Ingress, namespace: string, name: string): string {
  return `${pathPrefix}/${namespace}/${name}`
}

/** The address of a session in a browser; undefined while there are no routes, or no name to reach them by. */
export function routeUrl({ ingress }: OperatorConfig, namespace: string, name: string): string | undefined {
  if (ingress.kind === 'off' || ingress.host === '') return undefined
  return `${hasTls(ingress) ? 'https' : 'http'}://${ingress.host}${routePath(ingress, namespace, name)}/`
}

/** Routes that are not there, or say something else than they should. @param port of the desktop's HTTP listener */
export function missingRoutes(
  observed: ObservedSession,
  { ingress }: OperatorConfig,
  port: number,
): readonly PlannedWrite[] {
  return wanted(observed, ingress, port)
    .filter(({ object }) => hashOf(found(observed, object)) !== hashOf(object))
    .map(({ resource, object }) => ({ verb: 'apply', resource, object }))
}

/** Routes that are there and not wanted. @param config undefined: none is wanted */
export function routeDeletes(observed: ObservedSession, config: OperatorConfig | undefined): readonly PlannedDelete[] {
  const keep = config === undefined ? [] : wanted(observed, config.ingress, HTTP_PORT).map(({ object }) => object)
  const uid = observed.session.metadata.uid
  return observed.routes
    .filter((route) => !isEnding(route) && route.metadata.ownerReferences?.some((reference) => reference.uid === uid))
    .filter((route) => !keep.some((one) => one.kind === route.kind && one.metadata.name === route.metadata.name))
    .flatMap((route) => {
      const resource = KINDS.find(({ kind }) => kind === route.kind)
      const { name, namespace, uid: own } = route.metadata
      return resource ? [{ resource, name, namespace, uid: own }] : []
    })
}

interface Route {
  readonly resource: Resource
  readonly object: KubeObject
}

function wanted(observed: ObservedSession, ingress: Ingress, port: number): readonly Route[] {
  switch (ingress.kind) {
    case 'off':
      return []
    case 'traefik':
      return [httpService(observed, port), ...traefik(observed, ingress)]
    case 'ingress':
      return [httpService(observed, port), portable(observed, ingress)]
  }
}

function httpService(observed: ObservedSession, port: number): Route {
  const { name } = observed.session.metadata
  return route(observed, SERVICE, name, {
    selector: { [LABEL.session]: name },
    ports: [{ name: 'http', port: HTTP_PORT, targetPort: port, protocol: 'TCP' }],
  })
}

function traefik(observed: ObservedSession, ingress: Ingress): readonly Route[] {
  const { name, namespace = '' } = observed.session.metadata
  const path = routePath(ingress, namespace, name)
  const auth = `${name}-auth`
  const clean = `${name}-clean`
  const strip = `${name}-path`
  const host = ingress.host === '' ? '' : `Host(\`${ingress.host}\`) && `
  return [
    route(observed, MIDDLEWARE, auth, {
      forwardAuth: { address: authUrl(ingress, namespace, name), authResponseHeaders: FROM_AUTH },
    }),
    route(observed, MIDDLEWARE, clean, {
      headers: { customRequestHeaders: removed(NOT_IN), customResponseHeaders: removed(NOT_OUT) },
    }),
    route(observed, MIDDLEWARE, strip, { stripPrefix: { prefixes: [path] } }),
    route(observed, INGRESS_ROUTE, name, {
      entryPoints: ingress.entryPoints,
      routes: [
        {
          kind: 'Rule',
          match: `${host}PathPrefix(\`${path}/\`)`,
          // the question is asked with the cookie, and its own answer keeps the one that it sets
          middlewares: [{ name: auth }, { name: clean }, { name: strip }],
          services: [{ name, port: HTTP_PORT }],
        },
      ],
      ...(hasTls(ingress) ? { tls: ingress.tlsSecretName === '' ? {} : { secretName: ingress.tlsSecretName } } : {}),
    }),
  ]
}

/** Nothing portable says "ask first" or "cut the path": the annotations are those of ingress-nginx, which others read too. */
function portable(observed: ObservedSession, ingress: Ingress): Route {
  const { name, namespace = '' } = observed.session.metadata
  const nginx = 'nginx.ingress.kubernetes.io'
  const backend = { service: { name, port: { number: HTTP_PORT } } }
  const path = `${routePath(ingress, namespace, name)}/(.*)`
  const spec = {
    ...(ingress.className === '' ? {} : { ingressClassName: ingress.className }),
    rules: [
      {
        ...(ingress.host === '' ? {} : { host: ingress.host }),
        http: { paths: [{ path, pathType: 'ImplementationSpecific', backend }] },
      },
    ],
    ...(ingress.tlsSecretName === '' || ingress.host === ''
      ? {}
      : { tls: [{ hosts: [ingress.host], secretName: ingress.tlsSecretName }] }),
  }
  return route(observed, INGRESS, name, spec, {
    [`${nginx}/use-regex`]: 'true',
    [`${nginx}/rewrite-target`]: '/$1',
    [`${nginx}/auth-url`]: authUrl(ingress, namespace, name),
    [`${nginx}/auth-response-headers`]: FROM_AUTH.join(', '),
    // a desktop's socket is quiet while nothing moves
    [`${nginx}/proxy-read-timeout`]: '3600',
    [`${nginx}/proxy-send-timeout`]: '3600',
  })
}

/** As Traefik reads it: an empty value takes the header away. */
function removed(headers: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(headers.map((name) => [name, '']))
}

/** The session is named by whoever wrote the route, not by the request. */
function authUrl({ authUrl: base }: Ingress, namespace: string, name: string): string {
  return `${base}${base.includes('?') ? '&' : '?'}session=${encodeURIComponent(`${namespace}/${name}`)}`
}

function hasTls({ kind, entryPoints, tlsSecretName }: Ingress): boolean {
  return tlsSecretName !== '' || (kind === 'traefik' && entryPoints.includes('websecure'))
}

function route(
  observed: ObservedSession,
  resource: Resource,
  name: string,
  spec: unknown,
  annotations: Readonly<Record<string, string>> = {},
): Route {
  const { session, spec: wish } = observed
  const labels = {
    [LABEL.session]: session.metadata.name,
    [LABEL.ownerHash]: ownerHash(wish.owner),
    [LABEL.template]: wish.templateRef.name,
    [LABEL.managed]: FIELD_MANAGER_OPERATOR,
  }
  const object = {
    apiVersion: resource.group === '' ? resource.version : `${resource.group}/${resource.version}`,
    kind: resource.kind,
    metadata: {
      name,
      namespace: session.metadata.namespace ?? '',
      labels,
      annotations: { ...annotations, [SPEC_HASH]: templateHash({ spec, annotations }) },
      ownerReferences: [sessionReference(observed)],
    },
    spec,
  }
  return { resource, object }
}

function found(observed: ObservedSession, { kind, metadata }: KubeObject): KubeObject | undefined {
  return observed.routes.find((route) => route.kind === kind && route.metadata.name === metadata.name)
}
function hashOf(object: KubeObject | undefined): string | undefined {
  return object?.metadata.annotations?.[SPEC_HASH]
}
