// Traefik on the test cluster, as K3s brings it: only for specs that ask for it, since its kinds change what the app and the operator find.
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Log } from './build.ts'
import type { TestCluster } from './index.ts'
import { VERSIONS } from './settings.ts'
import { buildTraefik } from './tools.ts'

const MANIFEST = join(import.meta.dirname, 'manifests', 'traefik.yaml')

/**
 * Installs Traefik; a second call changes nothing. It answers on the node's address, ports 80 and 443 (its own certificate).
 * @param log gets a line for each step of a build
 * @returns takes it away again, its kinds too, and waits until that is so
 */
export async function startTraefik(cluster: TestCluster, log: Log): Promise<() => Promise<void>> {
  const built = await buildTraefik(log)
  await cluster.importImage(built.archive)
  const manifest = (await readFile(MANIFEST, 'utf8')).replaceAll('@TRAEFIK@', VERSIONS.traefik)
  // its definitions are larger than an annotation may be
  await cluster.kubectl(['apply', '--server-side', '-f', built.definitions])
  await cluster.kubectl(['wait', '--for=condition=established', '-f', built.definitions, '--timeout=30s'])
  await cluster.kubectl(['apply', '-f', built.role])
  await cluster.apply(manifest)
  await cluster.kubectl(['-n', 'kube-system', 'rollout', 'status', 'deployment/traefik', '--timeout=60s'])
  return async () => {
    const gone = ['--ignore-not-found', '--timeout=60s']
    await cluster.kubectl(['delete', '-f', '-', ...gone], { input: manifest })
    await cluster.kubectl(['delete', '-f', built.role, '-f', built.definitions, ...gone])
  }
}
