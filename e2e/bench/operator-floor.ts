// The least that a start can take of the machine: the session, its Secret and its pod made one after the other by hand, with no operator.
// The objects are the operator's own; what follows a pod (placing it, playing its kubelet) is the cluster's, as it always is.
import { POD, SECRET, VDI_SESSION, type KubeClient, type KubeObject } from '../../kube/types.ts'
import { ownerHash } from '../../shared/domain/hash.ts'
import { templateSpecSchema } from '../../shared/domain/template.ts'
import { DEFAULT_DESKTOP_IMAGE, FIELD_MANAGER_DESKTOP, FIELD_MANAGER_OPERATOR } from '../../shared/product.ts'
import { renderSession } from '../../shared/render/render-session.ts'

/**
 * Makes one start.
 * @param wish the VDISession
 * @param template the VDITemplate that it names
 */
export async function startByHand(client: KubeClient, wish: KubeObject, template: KubeObject): Promise<KubeObject> {
  const session = await client.create(VDI_SESSION, wish, { fieldManager: FIELD_MANAGER_DESKTOP })
  const { name, namespace = '', uid = '', creationTimestamp = '' } = session.metadata
  const { owner } = wish['spec'] as { readonly owner: string }
  const spec = templateSpecSchema.parse(template['spec'])
  const { secret, pod } = renderSession({
    template: { id: template.metadata.name, origin: 'crd', spec },
    session: {
      name,
      namespace,
      owner,
      ownerHash: ownerHash(owner),
      displayName: spec.displayName,
      withoutGpu: false,
      created: creationTimestamp,
      lastStarted: new Date().toISOString(),
    },
    platform: { nodePort: false, fieldManager: FIELD_MANAGER_OPERATOR, desktopImage: DEFAULT_DESKTOP_IMAGE },
    secrets: { password: 'made-by-hand', relay: undefined },
    owner: {
      apiVersion: session.apiVersion,
      kind: session.kind,
      name,
      uid,
      controller: true,
      blockOwnerDeletion: true,
    },
  })
  await client.create(SECRET, secret, { fieldManager: FIELD_MANAGER_OPERATOR })
  await client.create(POD, pod, { fieldManager: FIELD_MANAGER_OPERATOR })
  return session
}
