// Asks young desktops whether their server answers, until it does: the kubelet's word comes a second or two later.
// It ends by itself when the pod is ready, ends or is replaced.
import type { KubeClient } from '../../kube/types.ts'
import { desktopAnswers } from './answer-probe.ts'
import { isReady, isTerminating, isUp, type Pod } from './kube-read.ts'
import type { SessionRecord } from './session-record.ts'
import { sleep, type Timers } from './timers.ts'

/** Between two questions at first, ms. */
const PAUSE_MS = 250
/** Between two questions to a desktop that has been silent for long, ms. */
const LONG_PAUSE_MS = 2_000
const EAGER_TRIES = 60

export interface AnswerWatch {
  /** Takes in what the cluster shows now. @param known it has answered before */
  look(record: SessionRecord, pod: Pod | undefined, known: boolean): void
  /** The sessions that there still are, by name. */
  keepOnly(names: ReadonlySet<string>): void
  dispose(): void
}

/** @param answered called once for each pod whose server answers */
export function createAnswerWatch(
  client: KubeClient,
  timers: Timers,
  answered: (record: SessionRecord, podUid: string) => void,
): AnswerWatch {
  /** By session: the pod that is asked now. */
  const asking = new Map<string, { readonly uid: string; readonly stop: AbortController }>()
  const life = new AbortController()

  const askUntilAnswered = async (record: SessionRecord, uid: string, signal: AbortSignal): Promise<void> => {
    const target = { namespace: record.namespace, pod: record.name, port: record.spec.streaming.port }
    for (let tries = 0; !signal.aborted; tries++) {
      const answer = await desktopAnswers(client, target, signal)
      if (signal.aborted) return
      if (answer) return answered(record, uid)
      try {
        await sleep(timers, tries < EAGER_TRIES ? PAUSE_MS : LONG_PAUSE_MS, signal)
      } catch {
        return // called off
      }
    }
  }

  return {
    look(record, pod, known) {
      const { name } = record
      const uid = pod && isUp(pod) && !isReady(pod) && !isTerminating(pod) && !known ? pod.metadata.uid : undefined
      const now = asking.get(name)
      if (now?.uid === uid) return
      now?.stop.abort()
      asking.delete(name)
      if (uid === undefined) return
      const stop = new AbortController()
      asking.set(name, { uid, stop })
      void askUntilAnswered(record, uid, AbortSignal.any([stop.signal, life.signal]))
    },
    keepOnly(names) {
      for (const [name, { stop }] of asking)
        if (!names.has(name)) {
          stop.abort()
          asking.delete(name)
        }
    },
    dispose: () => life.abort(),
  }
}
