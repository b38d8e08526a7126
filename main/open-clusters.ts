// The clusters with the providers of desktops that this build knows: operator and direct mode for kubeconfigs, and the built-in demo.
import { randomBytes } from 'node:crypto'
import { createClusters } from './clusters/clusters.ts'
import type { ClientLimits } from './clusters/kube-cluster.ts'
import type { Clusters, ServiceDeps } from './core-services.ts'
import { createKubeInventory } from './gpu/kube-inventory.ts'
import type { InventorySource } from './gpu/inventory-source.ts'
import { createDemoProvider } from './demo/demo-provider.ts'
import { createDirectProvider } from './sessions/direct/direct-provider.ts'
import { createOperatorProvider } from './sessions/operator/operator-provider.ts'
import type { SessionProvider } from './sessions/provider.ts'

/** The demo's id in sessions' ids, settings and links. */
export const DEMO_ID = 'demo'

/**
 * Opens the clusters. Two switches of the environment, for tests: `KASM_DEMO_SPEED`, how many times faster the demo's cluster
 * lives, and `KASM_PLUGIN_TIMEOUT_MS`, how long a sign-in program may take.
 * They begin to look for kubeconfigs at once.
 */
export function openClusters({ deps, clock, log, usualTimes }: ServiceDeps): Clusters {
  return createClusters({
    env: deps.env,
    dataDir: deps.dataDir,
    log: log.scope('clusters'),
    platform: deps.host.platform,
    limits: limitsFrom(deps.env['KASM_PLUGIN_TIMEOUT_MS']),
    createProvider: ({ id, client, namespace, user, offer, createReflector }) => {
      const shared = {
        clusterId: id,
        client,
        namespace,
        user,
        createReflector,
        clock,
        random: randomBytes,
        log: log.scope(offer),
        usual: (templateId: string) => usualTimes.of(id, templateId)?.stages,
      }
      const provider =
        offer === 'operator'
          ? createOperatorProvider(shared)
          : createDirectProvider({
              ...shared,
              desktopImage: deps.env['KASM_DESKTOP_IMAGE'],
              relayImage: deps.env['KASM_RELAY_IMAGE'],
            })
      const cluster = { id, client, namespace, createReflector }
      return withInventory(provider, createKubeInventory({ cluster, clock, log: log.scope('inventory') }))
    },
    demo: {
      id: DEMO_ID,
      name: 'Demo',
      createProvider: () =>
        createDemoProvider({
          clusterId: DEMO_ID,
          clock,
          log: log.scope('demo'),
          speed: positive(deps.env['KASM_DEMO_SPEED']),
        }),
    },
  })
}

/** A provider that shows its whole cluster too; both end together. */
function withInventory(provider: SessionProvider, inventorySource: InventorySource): SessionProvider {
  return {
    ...provider,
    inventorySource,
    dispose: async () => {
      await inventorySource.dispose()
      await provider.dispose()
    },
  }
}

function limitsFrom(pluginTimeout: string | undefined): ClientLimits | undefined {
  const pluginTimeoutMs = positive(pluginTimeout)
  return pluginTimeoutMs === undefined ? undefined : { pluginTimeoutMs }
}

/** A number above zero; anything else counts as not said. */
function positive(text: string | undefined): number | undefined {
  const number = Number(text)
  return Number.isFinite(number) && number > 0 ? number : undefined
}
