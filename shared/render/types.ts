// What renderSession takes and gives. Kubernetes objects are plain JSON here: the client's types stay in kube/.

/** A Kubernetes object, as JSON. */
export interface KubeObject {
  readonly apiVersion: string
  readonly kind: string
  readonly metadata: {
    readonly name: string
    readonly namespace?: string
    readonly labels?: Readonly<Record<string, string>>
    readonly annotations?: Readonly<Record<string, string>>
    readonly ownerReferences?: readonly OwnerReference[]
    readonly uid?: string
    readonly resourceVersion?: string
    readonly generation?: number
    readonly finalizers?: readonly string[]
    readonly creationTimestamp?: string
    readonly deletionTimestamp?: string
  }
  readonly [field: string]: unknown
}
export interface OwnerReference {
  readonly apiVersion: string
  readonly kind: string
  readonly name: string
  readonly uid: string
  readonly controller?: boolean
  readonly blockOwnerDeletion?: boolean
}
