// A real client for the fake API server.
import type { FakeApiServer } from '../../e2e/fakes/api-server.ts'
import { createKubeClient, type PooledClient } from '../../kube/client.ts'
import { loadSource } from '../../kube/kubeconfig/sources.ts'
import { vetContext } from '../../kube/kubeconfig/vet.ts'

/** @param answerTimeoutMs for an answer to begin, ms */
export async function clientOf(api: FakeApiServer, answerTimeoutMs = 2000): Promise<PooledClient> {
  const { contexts } = await loadSource({ type: 'text', key: 'k', name: 'pasted', text: api.kubeconfig() })
  const [found] = contexts
  if (!found) throw new Error('the kubeconfig has no context')
  const context = await vetContext(found, {}, Date.now())
  return createKubeClient({
    context,
    env: {},
    isTrusted: () => false,
    now: () => Date.now(),
    answerTimeoutMs,
    isBusy: true,
  })
}
