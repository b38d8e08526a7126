// A desktop made from a template by `renderSession` alone, applied by the admin: for specs of the image and of the rendered pod.
import { randomBytes } from 'node:crypto'
import type { TestCluster } from '../cluster/index.ts'
import { builtinTemplates } from '../../shared/domain/builtin-templates.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { sessionName } from '../../shared/domain/names.ts'
import { renderSession } from '../../shared/render/render-session.ts'
import { FIELD_MANAGER_DESKTOP, DEFAULT_DESKTOP_IMAGE, DESKTOP_USER } from '../../shared/product.ts'

export interface RawDesktop {
  readonly name: string
  readonly password: string
  readonly podIp: string
  /** Value of the Authorization header that it wants. */
  readonly authorization: string
}

/** Starts a built-in template in a namespace that exists; returns when it is Ready. */
export async function startRawDesktop(
  cluster: TestCluster,
  namespace: string,
  templateId: string,
): Promise<RawDesktop> {
  const template = builtinTemplates(DEFAULT_DESKTOP_IMAGE).find(({ id }) => id === templateId)
  if (template === undefined) throw new Error(`no template ${templateId}`)
  const name = sessionName(templateId, randomBytes(8))
  const password = randomBytes(32).toString('base64url')
  const now = new Date().toISOString()
  const objects = renderSession({
    template,
    session: {
      name,
      namespace,
      owner: 'spec',
      ownerHash: ownerHash('spec'),
      displayName: 'Spec',
      withoutGpu: false,
      created: now,
      lastStarted: now,
    },
    platform: { nodePort: true, fieldManager: FIELD_MANAGER_DESKTOP, desktopImage: DEFAULT_DESKTOP_IMAGE },
    secrets: { password },
  })
  const list = [objects.secret, objects.claim, objects.pod, objects.service].filter((object) => object !== undefined)
  await cluster.apply(list.map((object) => JSON.stringify(object)).join('\n---\n'))
  await cluster.kubectl(['wait', '-n', namespace, `pod/${name}`, '--for=condition=Ready', '--timeout=120s'])
  const podIp = await cluster.kubectl(['get', 'pod', '-n', namespace, name, '-o', 'jsonpath={.status.podIP}'])
  const authorization = `Basic ${Buffer.from(`${DESKTOP_USER}:${password}`).toString('base64')}`
  return { name, password, podIp, authorization }
}
