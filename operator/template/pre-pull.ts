// Keeps a template's image on its nodes: a DaemonSet whose container runs nothing but `sleep` from that image, since the kubelet's clean-up
// spares only images that a container uses. Pure. The image is somebody else's: its pods have no rights, no network and no GPU.
import type { TemplateSpec } from '../../shared/domain/template.ts'
import { API_GROUP, FIELD_MANAGER_OPERATOR, LABEL, PRODUCT_ID } from '../../shared/product.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { Platform } from '../user/observed.ts'

/** Longer than any node lives; a number, since not every `sleep` knows "infinity". */
const SLEEP = ['sleep', '2147483647']
const NOBODY = 65_534

/** Name of the DaemonSet and of its NetworkPolicy. */
export function prePullName(template: string): string {
  return `prepull-${template}`
}

/** Both objects, in the platform's namespace; garbage collection takes them when the template goes. */
export function prePullObjects(
  template: { readonly name: string; readonly uid: string; readonly spec: TemplateSpec },
  platform: Platform,
): { readonly daemonSet: KubeObject; readonly policy: KubeObject } {
  const { name, uid, spec } = template
  const selector = { [LABEL.template]: name, 'app.kubernetes.io/component': 'pre-pull' }
  const metadata: KubeObject['metadata'] = {
    name: prePullName(name),
    namespace: platform.namespace,
    labels: { ...selector, 'app.kubernetes.io/name': PRODUCT_ID, [LABEL.managed]: FIELD_MANAGER_OPERATOR },
    ownerReferences: [{ apiVersion: `${API_GROUP}/v1alpha1`, kind: 'VDITemplate', name, uid, controller: true }],
  }
  return {
    daemonSet: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata,
      spec: {
        selector: { matchLabels: selector },
        // a new image is fetched by a few nodes at a time
        updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%' } },
        template: { metadata: { labels: selector }, spec: podSpec(spec) },
      },
    },
    policy: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata,
      spec: { podSelector: { matchLabels: selector }, policyTypes: ['Ingress', 'Egress'] },
    },
  }
}

function podSpec(spec: TemplateSpec): unknown {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    // there is nothing to end in good order
    terminationGracePeriodSeconds: 0,
    ...(Object.keys(spec.nodeSelector).length === 0 ? {} : { nodeSelector: spec.nodeSelector }),
    ...(spec.tolerations.length === 0 ? {} : { tolerations: spec.tolerations }),
    ...(spec.imagePullSecrets.length === 0 ? {} : { imagePullSecrets: spec.imagePullSecrets }),
    securityContext: { runAsNonRoot: true, runAsUser: NOBODY, seccompProfile: { type: 'RuntimeDefault' } },
    containers: [
      {
        name: 'image',
        image: spec.image,
        imagePullPolicy: spec.imagePullPolicy,
        command: SLEEP,
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
        resources: { requests: { cpu: '1m', memory: '8Mi' }, limits: { memory: '16Mi' } },
      },
    ],
  }
}
