// What the containers beside a desktop have in common: they need no rights at all, and know the pod's address.

/** For a program that writes nothing but into mounted folders. */
export const SIDE_SECURITY = {
  runAsNonRoot: true,
  runAsUser: 1000,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ['ALL'] },
} as const

/** `$(POD_IP)` in a container's command and arguments. */
export const POD_IP = { name: 'POD_IP', valueFrom: { fieldRef: { fieldPath: 'status.podIP' } } } as const
