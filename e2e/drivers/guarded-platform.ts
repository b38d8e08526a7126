// The platform's rights, guard rails and users' places on the test cluster without a running operator: what the operator would write is
// planned by its own planner and written with its account's rights alone. Everything is named after the run, except what has to be
// cluster-wide; `remove` takes it all away.
import { randomBytes } from 'node:crypto'
import type { TestCluster } from '../cluster/index.ts'
import { makeUser } from '../cluster/pki.ts'
import { tryRun, until, type RunResult } from '../cluster/process.ts'
import { operatorConfigSchema } from '../../operator/config.ts'
import { LIMITS_NAME, QUOTA_NAME } from '../../operator/user/objects.ts'
import type { ObservedUser } from '../../operator/user/observed.ts'
import { planUser } from '../../operator/user/plan.ts'
import { customResources } from '../../scripts/generate/crds.ts'
import { admissionPolicies } from '../../scripts/generate/platform/admission.ts'
import { OPERATOR_ROLE, platformRoles } from '../../scripts/generate/platform/roles.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import { vdiUserSpecSchema, vdiUserStatusSchema } from '../../shared/domain/vdi-user.ts'
import { API_GROUP, API_VERSION, USER_ROLE, USER_TEMPLATES_ROLE } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'

export interface GuardedUser {
  readonly name: string
  readonly namespace: string
  readonly kubeconfig: string
  /** kubectl with this user's certificate and nothing else. */
  kubectl(args: readonly string[], input?: unknown): Promise<RunResult>
  /** The VDIUser is made (or changed) and carried out until nothing is left to do. */
  admit(spec?: Readonly<Record<string, unknown>>): Promise<void>
}

export interface GuardedPlatform {
  /** Where the operator would run. */
  readonly namespace: string
  /** Its account, as the API server names it. */
  readonly account: string
  user(name: string): Promise<GuardedUser>
  /** kubectl with the rights of the operator's account. */
  asOperator(args: readonly string[], input?: unknown): Promise<RunResult>
  /** The same, and what is refused fails the test. */
  mustAsOperator(args: readonly string[], input?: unknown): Promise<string>
  remove(): Promise<void>
}

/** Our kinds by their full names: others of these plurals may be there. */
export const USERS = `vdiusers.${API_GROUP}`
export const SESSIONS = `vdisessions.${API_GROUP}`
export const TEMPLATES = `vditemplates.${API_GROUP}`

const PREFIX = 'guard-'
const SERVICE_ACCOUNT = 'operator'
/** As the operator applies. */
export const APPLY = ['apply', '--server-side', '--force-conflicts', '--field-manager=kasm-operator', '-f', '-']
/** Rounds after which a plan that still wants something has gone wrong; a quota may want to be counted anew every ten seconds. */
const MOST_ROUNDS = 12
/** New kinds are counted by quotas once the quota controller has heard of them: every 30 s. */
const READY_MS = 60_000

/** Brings definitions, roles and policies up. */
export async function guardPlatform(cluster: TestCluster): Promise<GuardedPlatform> {
  const run = randomBytes(3).toString('hex')
  const namespace = `${PREFIX}${run}`
  const account = `system:serviceaccount:${namespace}:${SERVICE_ACCOUNT}`
  const names = { namespace, serviceAccount: SERVICE_ACCOUNT }
  const crds = customResources() as readonly unknown[]
  const crdNames = customResources().map(({ metadata }) => metadata.name)
  const hadCrds = (await cluster.tryKubectl(['get', 'crd', ...crdNames])).code === 0
  const clusterWide = [...platformRoles(names), ...admissionPolicies(names)].filter(
    ({ metadata }) => metadata.namespace === undefined,
  )
  const users: GuardedUser[] = []
  const admitted = new Set<string>()

  const asOperator: GuardedPlatform['asOperator'] = (args, input) =>
    cluster.tryKubectl([`--as=${account}`, ...args], { input: documents(input) })
  const mustAsOperator: GuardedPlatform['mustAsOperator'] = async (args, input) => {
    const { code, stdout, stderr } = await asOperator(args, input)
    if (code !== 0) throw new Error(`the operator's account may not ${args.slice(0, 3).join(' ')}: ${stderr}`)
    return stdout
  }
  const read = async (kind: string, name: string, place?: string): Promise<KubeObject | undefined> => {
    const where = place === undefined ? [] : ['-n', place]
    const text = await cluster.kubectl(['get', kind, name, ...where, '--ignore-not-found', '-o', 'json'])
    return text === '' ? undefined : (JSON.parse(text) as KubeObject)
  }

  const observe = async (name: string, username: string): Promise<ObservedUser> => {
    const place = userNamespace(username)
    const user = await read(USERS, name)
    const policies = await cluster.kubectl(['get', 'networkpolicies', '-n', place, '-o', 'json'])
    return {
      user,
      spec: vdiUserSpecSchema.parse(user?.['spec']),
      status: vdiUserStatusSchema.parse(user?.['status'] ?? {}),
      elder: undefined,
      namespace: await read('namespace', place),
      roleBinding: await read('rolebinding', USER_ROLE, place),
      quota: await read('resourcequota', QUOTA_NAME, place),
      limits: await read('limitrange', LIMITS_NAME, place),
      logins: { sources: [], copies: [] },
      policies: (JSON.parse(policies) as { items: readonly KubeObject[] }).items,
      sessions: 0,
      readers: {
        binding: (await read('clusterrolebinding', USER_TEMPLATES_ROLE)) ?? 'missing',
        usernames: [...admitted].toSorted(),
      },
      refusal: undefined,
    }
  }

  /** @returns whether anything was written */
  const round = async (
    name: string,
    username: string,
  ): Promise<{ readonly wrote: boolean; readonly ready: boolean }> => {
    const seen = await observe(name, username)
    const plan = planUser(seen, operatorConfigSchema.parse({}), Date.now(), { namespace })
    for (const { object } of plan.writes) await mustAsOperator(APPLY, object)
    for (const one of plan.deletes)
      await mustAsOperator(['delete', one.resource.plural, one.name, '-n', one.namespace ?? ''])
    const { apiVersion, kind } = seen.user as KubeObject
    const subject = { apiVersion, kind, metadata: { name }, status: plan.status }
    await mustAsOperator([...APPLY, '--subresource=status'], subject)
    const ready = vdiUserStatusSchema.parse(plan.status).conditions?.find(({ type }) => type === 'Ready')
    return { wrote: plan.writes.length + plan.deletes.length > 0, ready: ready?.status === 'True' }
  }
  const settle = async (name: string, username: string): Promise<void> => {
    let rounds = 0
    await until(`the place of ${username} is ready`, READY_MS, async () => {
      const { wrote, ready } = await round(name, username)
      if (wrote && ++rounds > MOST_ROUNDS) throw new Error(`it is written again and again`)
      return ready && !wrote
    })
  }

  const bound = await read('clusterrolebinding', OPERATOR_ROLE)
  const holders = ((bound?.['subjects'] ?? []) as readonly { namespace?: string }[]).map((one) => one.namespace ?? '')
  // these are cluster-wide: what an earlier run left is taken over, an installation is not
  if (holders.some((holder) => !holder.startsWith(PREFIX)))
    throw new Error(`the platform is installed in ${holders.join(', ')}: take it away first`)
  await cluster.kubectl([...APPLY, '--field-manager=kasm-operator-chart'], { input: documents(crds) })
  await cluster.kubectl(['wait', '--for=condition=established', '--timeout=30s', 'crd', ...crdNames])
  await cluster.kubectl(['create', 'namespace', namespace])
  await cluster.kubectl(['create', 'serviceaccount', SERVICE_ACCOUNT, '-n', namespace])
  await cluster.apply(documents([...platformRoles(names), ...admissionPolicies(names)]))

  return {
    namespace,
    account,
    asOperator,
    mustAsOperator,
    async user(short) {
      const name = `${short}-${run}`
      const place = userNamespace(name)
      const kubeconfig = await makeUser(name, place)
      const user: GuardedUser = {
        name,
        namespace: place,
        kubeconfig,
        kubectl: (args, input) =>
          tryRun(cluster.kubectlPath, ['--kubeconfig', kubeconfig, ...args], { input: documents(input) }),
        async admit(spec = {}) {
          const wanted = { username: name, ...spec }
          const definition = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: 'VDIUser', metadata: { name } }
          await cluster.apply(documents({ ...definition, spec: wanted }))
          if (spec['suspended'] === true) admitted.delete(name)
          else admitted.add(name)
          await settle(name, name)
        },
      }
      users.push(user)
      return user
    },
    async remove() {
      const gone = ['--ignore-not-found', '--wait=false']
      const places = users.map((user) => user.namespace)
      await cluster.tryKubectl(['delete', USERS, ...users.map(({ name }) => name), ...gone])
      await cluster.tryKubectl(['delete', 'namespace', namespace, ...places, '--ignore-not-found', '--timeout=60s'])
      await cluster.tryKubectl(['delete', ...gone, '-f', '-'], { input: documents(clusterWide) })
      if (!hadCrds) await cluster.tryKubectl(['delete', 'crd', ...crdNames, '--ignore-not-found', '--timeout=60s'])
    },
  }
}

/** Objects as JSON documents. */
export function documents(input: unknown): string {
  if (input === undefined) return ''
  return (Array.isArray(input) ? input : [input]).map((one) => JSON.stringify(one)).join('\n---\n')
}
