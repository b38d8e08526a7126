// Which GPU a desktop has and what encodes its picture, as far as the cluster tells. Pure.
import { devicesOf, requestOf } from '../../shared/domain/cluster-objects.ts'
import { encoderOf } from '../../shared/domain/gpu-encoder.ts'
import type { TemplateSpec } from '../../shared/domain/template.ts'
import type { VdiSessionStatus } from '../../shared/domain/vdi-session.ts'
import type { KubeObject } from '../../shared/render/types.ts'
import type { SessionPod } from './pod-read.ts'

/** Label of NVIDIA's GPU feature discovery; with shared GPUs that are not renamed it ends in -SHARED. */
const PRODUCT = 'nvidia.com/gpu.product'
const SOFTWARE = /^(x264|x265|openh264|vp8|vp9|av1enc|svtav1|jpeg)/

/** The part of the status. @param node the one that the pod is on */
export function gpuStatus(
  pod: SessionPod,
  node: KubeObject | undefined,
  { gpu, streaming, env }: TemplateSpec,
): Pick<VdiSessionStatus, 'gpu' | 'encoder'> {
  if (requestOf(pod, gpu.resourceName) === 0) return { encoder: 'software' }
  const [device] = devicesOf(pod, gpu.resourceName)
  const model = node?.metadata.labels?.[PRODUCT]?.replace(/-SHARED$/, '').replaceAll('-', ' ')
  const told = env.some(({ name, value }) => name === 'SELKIES_USE_CPU' && value.startsWith('true'))
  const software =
    told || SOFTWARE.test(streaming.encoder ?? '') || (model !== undefined && encoderOf(model).kind === 'none')
  return {
    gpu: {
      resourceName: gpu.resourceName,
      ...(device ? { uuid: device.uuid, replica: String(device.replica) } : {}),
      ...(model === undefined ? {} : { model }),
    },
    encoder: software ? 'software' : 'hardware',
  }
}
