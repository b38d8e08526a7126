// The test cluster's admin, for what a bench does or watches itself.
import { createKubeClient } from '../../kube/client.ts'
import { loadSource } from '../../kube/kubeconfig/sources.ts'
import { vetContext } from '../../kube/kubeconfig/vet.ts'
import type { KubeClient } from '../../kube/types.ts'
import type { TestCluster } from '../cluster/index.ts'

/** The caller closes it. @throws when the admin's kubeconfig cannot be used */
export async function connectAsAdmin(cluster: TestCluster): Promise<KubeClient> {
  const source = { type: 'files', key: 'bench', paths: [cluster.kubeconfigPath], optional: false } as const
  const found = (await loadSource(source)).contexts[0]
  if (found === undefined) throw new Error('the test cluster’s kubeconfig has no context')
  const context = await vetContext(found, process.env, Date.now())
  return createKubeClient({ context, env: {}, isTrusted: () => false, now: () => Date.now(), isBusy: true })
}
