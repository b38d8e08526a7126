// The clusters with the providers of desktops that this build knows: direct mode for kubeconfigs, and the built-in demo.
import { randomBytes } from 'node:crypto'
import { createClusters } from './clusters/clusters.ts'
import type { Clusters, ServiceDeps } from './core-services.ts'
import { createDemoProvider } from './demo/demo-provider.ts'
import { createDirectProvider } from './sessions/direct/direct-provider.ts'

/** The demo's id in sessions' ids, settings and links. */
export const DEMO_ID = 'demo'

/** Opens the clusters; they begin to look for kubeconfigs at once. */
export function openClusters({ deps, clock, log, usualTimes }: ServiceDeps): Clusters {
  return createClusters({
    env: deps.env,
    dataDir: deps.dataDir,
    log: log.scope('clusters'),
    platform: deps.host.platform,
    // until the operator is there, a cluster that offers its CRDs is used directly too: the objects are the same
    createProvider: ({ id, client, namespace, user, createReflector }) =>
      createDirectProvider({
        clusterId: id,
        client,
        namespace,
        user,
        createReflector,
        clock,
        random: randomBytes,
        log: log.scope('direct'),
        desktopImage: deps.env['KASM_DESKTOP_IMAGE'],
        usual: (templateId) => usualTimes.of(id, templateId)?.stages,
      }),
    demo: {
      id: DEMO_ID,
      name: 'Demo',
      createProvider: () => createDemoProvider({ clusterId: DEMO_ID, clock, log: log.scope('demo') }),
    },
  })
}
