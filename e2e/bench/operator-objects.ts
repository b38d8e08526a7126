// What the operator's bench asks for: one template, a user for each 50 sessions, and the sessions, as an admin and the app make them.
import type { KubeObject } from '../../kube/types.ts'
import { userNamespace } from '../../shared/domain/names.ts'
import { API_GROUP, API_VERSION, FINALIZER } from '../../shared/product.ts'
import { FAKE_TAINT } from '../cluster/kwok.ts'

/** Sessions of one user: a namespace each, as in real life. */
export const PER_USER = 50
const TEMPLATE = 'bench'
const apiVersion = `${API_GROUP}/${API_VERSION}`

/** Name of the user whose session it is. */
export const userOf = (index: number): string => `bench-user-${Math.floor(index / PER_USER)}`
/** Of a desktop that takes a slice, keeps no home and runs on fake nodes. */
export const template: KubeObject = {
  apiVersion,
  kind: 'VDITemplate',
  metadata: { name: TEMPLATE },
  spec: {
    displayName: 'Bench',
    image: 'localhost/bench:1',
    gpu: { slices: 1 },
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
    access: { maxSessionsPerUser: 0 },
    nodeSelector: { type: 'kwok' },
    tolerations: [{ ...FAKE_TAINT, operator: 'Equal' }],
  },
}
/** Somebody who may have all that the bench makes. */
export const user = (name: string): KubeObject => ({
  apiVersion,
  kind: 'VDIUser',
  metadata: { name },
  spec: { username: name, quota: { sessions: 1000, slices: 1000 } },
})
/** As the app makes them. */
export const session = (name: string, owner: string, desiredState: 'Running' | 'Stopped'): KubeObject => ({
  apiVersion,
  kind: 'VDISession',
  metadata: { name, namespace: userNamespace(owner), finalizers: [FINALIZER] },
  spec: { templateRef: { name: TEMPLATE }, owner, desiredState },
})
