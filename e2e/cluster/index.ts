// The test cluster for specs and benches: started when none runs, used when one does; whoever started it takes it down.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { takeDown } from './down.ts'
import { importImage } from './node.ts'
import { makeUser } from './pki.ts'
import { run, tryRun, type RunOptions, type RunResult } from './process.ts'
import { FOLDERS, NETWORK, NODE_NAME, RUN } from './settings.ts'
import { bringUp, running } from './up.ts'

export interface TestCluster {
  /** The admin's kubeconfig. */
  readonly kubeconfigPath: string
  readonly kubectlPath: string
  readonly runDir: string
  readonly node: string
  readonly nodeIp: string
  /** This machine, as the cluster sees it. */
  readonly hostIp: string
  /** Parts that this cluster does not have, and why. */
  readonly notRun: readonly string[]
  /** kubectl as the admin. Throws with its words when it fails. */
  kubectl(args: readonly string[], options?: RunOptions): Promise<string>
  /** The same, without throwing. */
  tryKubectl(args: readonly string[], options?: RunOptions): Promise<RunResult>
  /** Applies YAML or JSON documents as the admin. */
  apply(documents: string): Promise<void>
  /** A command in a running container. @returns what it printed */
  exec(namespace: string, pod: string, command: readonly string[], input?: string): Promise<string>
  /**
   * Makes a namespace (Pod Security restricted) and a user who may do in it what a direct-mode user may, and nothing else.
   * @returns path of the user's kubeconfig, whose context names the namespace
   */
  user(name: string, namespace: string): Promise<string>
  /** Imports an image archive into the node; what is there already costs little. */
  importImage(archive: string): Promise<void>
  /** It ran already when this process asked for it. */
  readonly wasUp: boolean
  /** Takes it down if this call of `startCluster` brought it up. */
  stop(): Promise<void>
}

/** The Role that a direct-mode user gets; ours binds it per namespace. */
const ROLE_FILE = join(import.meta.dirname, '..', '..', 'manifests', 'direct-role', 'role.yaml')

/** @param log gets a line for each step of a build or a start */
export async function startCluster(log: (line: string) => void = () => undefined): Promise<TestCluster> {
  const wasUp = (await running()) !== null
  const { built, notRun } = await bringUp(log)
  const kubectlPath = join(built.kubernetes, 'kubectl')
  const asAdmin = (args: readonly string[]): string[] => ['--kubeconfig', RUN.admin, ...args]
  const kubectl: TestCluster['kubectl'] = (args, options) => run(kubectlPath, asAdmin(args), options)
  const apply = async (documents: string): Promise<void> => {
    await kubectl(['apply', '-f', '-'], { input: documents })
  }
  return {
    kubeconfigPath: RUN.admin,
    kubectlPath,
    runDir: FOLDERS.run,
    node: NODE_NAME,
    nodeIp: NETWORK.nodeIp,
    hostIp: NETWORK.hostIp,
    notRun,
    kubectl,
    tryKubectl: (args, options) => tryRun(kubectlPath, asAdmin(args), options),
    apply,
    exec: (namespace, pod, command, input) =>
      kubectl(
        ['exec', ...(input === undefined ? [] : ['-i']), '-n', namespace, pod, '--', ...command],
        input === undefined ? {} : { input },
      ),
    async user(name, namespace) {
      await apply(JSON.stringify(restrictedNamespace(namespace)))
      const roleName = await applyRole(namespace, kubectl)
      await apply(JSON.stringify(roleBinding(name, namespace, roleName)))
      return makeUser(name, namespace)
    },
    importImage,
    wasUp,
    async stop() {
      if (!wasUp) await takeDown()
    },
  }
}

async function applyRole(namespace: string, kubectl: TestCluster['kubectl']): Promise<string> {
  const documents = await readFile(ROLE_FILE, 'utf8')
  // the file may name a namespace of its own: the one asked for is what counts
  const input = documents.replaceAll(/^( *namespace:).*$/gm, `$1 ${namespace}`)
  await kubectl(['apply', '-n', namespace, '-f', '-'], { input })
  const names = await kubectl(['get', 'role', '-n', namespace, '-o', 'jsonpath={.items[*].metadata.name}'])
  const first = names.split(' ')[0]
  if (first === undefined || first === '') throw new Error(`${ROLE_FILE} holds no Role`)
  return first
}

function restrictedNamespace(name: string): unknown {
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' }
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } }
}

function roleBinding(user: string, namespace: string, role: string): unknown {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'RoleBinding',
    metadata: { name: `desktops-${user}`, namespace },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user }],
  }
}
