// What the scheduler's message about a pod means. Pure. Words it does not know are simply not read: the raw message stays beside.
// Source: kube-scheduler's FailedScheduling text, "0/3 nodes are available: 1 Insufficient cpu, 2 node(s) were unschedulable. ...".

export interface SchedulerWords {
  /** No node that fits has enough of the resource. */
  readonly noSlice: boolean
  /** Its home's volume is on a node that cannot take it. */
  readonly tiedToHome: boolean
  /** Its home's claim has no volume yet. */
  readonly homePending: boolean
  /** Nodes that are cordoned. */
  readonly cordoned: number
  /** Nodes whose taints it does not tolerate. */
  readonly tainted: number
  /** Nodes that its selector rules out. */
  readonly otherLabels: number
  /** Ordinary resources that are short: `cpu`, `memory`. */
  readonly lacks: readonly string[]
}

/**
 * Reads the message of a pod's condition PodScheduled=False.
 * @param resource extended resource that the pod asks for; empty when it asks for none
 */
export function readScheduler(message: string, resource: string): SchedulerWords {
  // what comes after the first sentence is about preemption, with counts of its own
  const [first = ''] = message.split(/\. preemption|\. no new claims/i)
  const nodes = (what: RegExp): number =>
    Number(new RegExp(String.raw`(\d+) ${what.source}`, 'i').exec(first)?.[1] ?? 0)
  return {
    noSlice: resource !== '' && message.includes(`Insufficient ${resource}`),
    tiedToHome: /volume node affinity conflict|didn't match PersistentVolume's node affinity/i.test(message),
    homePending:
      /unbound immediate PersistentVolumeClaims|persistentvolumeclaim "[^"]*" not found|no available persistent volumes/i.test(
        message,
      ),
    cordoned: nodes(/node\(s\) were unschedulable/),
    tainted: nodes(/node\(s\) had untolerated taint/),
    otherLabels: nodes(/node\(s\) didn't match Pod's node affinity/),
    lacks: ['cpu', 'memory'].filter((name) => new RegExp(String.raw`Insufficient ${name}\b`).test(first)),
  }
}

export interface WaitContext {
  /** Extended resource that the pod asks for; empty when it asks for none. */
  readonly resource: string
  /** How much of it. */
  readonly slices: number
  /** The most that one node offers. */
  readonly largestNode: number
}

/** Why a pod waits and what would help, for whoever looks after the cluster. @param message the scheduler's own */
export function waitReason(message: string, { resource, slices, largestNode }: WaitContext): string {
  const words = readScheduler(message, resource)
  const lack = words.noSlice ? 'free slice' : 'room'
  if (words.tiedToHome)
    return `Its home is on a node that has no ${lack}. It starts by itself when something ends there.${cordonHint(words)}`
  if (words.noSlice && largestNode === 0)
    return `No node offers ${resource}. It starts when a node with a working GPU plugin is there.`
  if (words.noSlice && slices > largestNode)
    return `It asks for ${slices} slices, and the largest node offers ${largestNode}. Its template has to ask for fewer.`
  if (words.noSlice) return `No free GPU slice. It starts by itself when one comes free.${cordonHint(words)}`
  if (words.homePending) return 'Its home is not there yet. It starts when the storage has made the volume.'
  if (words.lacks.length > 0) {
    const short = words.lacks.map((name) => (name === 'cpu' ? 'CPU' : name)).join(' and ')
    return `No node has enough free ${short}. It starts by itself when something ends.${cordonHint(words)}`
  }
  if (words.cordoned > 0) return `The nodes that it could use are closed to new work.${cordonHint(words)}`
  if (words.tainted > 0) return 'The nodes that it could use are kept for other work (taints). An admin can let it in.'
  if (words.otherLabels > 0) return 'No node has the labels that it asks for. Label a node, or change its template.'
  return 'No node has room for it. It starts by itself when there is room.'
}

function cordonHint({ cordoned }: SchedulerWords): string {
  if (cordoned === 0) return ''
  return cordoned === 1
    ? ' One node is cordoned: opening it may help.'
    : ` ${cordoned} nodes are cordoned: opening one may help.`
}
