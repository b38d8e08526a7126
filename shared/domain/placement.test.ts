// The scheduler's messages as the cluster view words them; the messages are those of real schedulers.
import { describe, expect, it } from 'vitest'
import { readScheduler, waitReason } from './placement.ts'

const SLICE = 'nvidia.com/gpu.shared'
const gpu = { resource: SLICE, slices: 1, largestNode: 8 }

describe('the reason for a wait', () => {
  it.each([
    [
      "0/2 nodes are available: 1 Insufficient nvidia.com/gpu.shared, 1 node(s) didn't match Pod's node affinity/selector. preemption: 0/2 nodes are available: 1 No preemption victims found for incoming pod, 1 Preemption is not helpful for scheduling.",
      gpu,
      'No free GPU slice. It starts by itself when one comes free.',
    ],
    [
      '0/3 nodes are available: 1 node(s) were unschedulable, 2 Insufficient nvidia.com/gpu.shared.',
      gpu,
      'No free GPU slice. It starts by itself when one comes free. One node is cordoned: opening it may help.',
    ],
    [
      '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.shared.',
      { ...gpu, largestNode: 0 },
      'No node offers nvidia.com/gpu.shared. It starts when a node with a working GPU plugin is there.',
    ],
    [
      '0/3 nodes are available: 3 Insufficient nvidia.com/gpu.shared.',
      { ...gpu, slices: 9 },
      'It asks for 9 slices, and the largest node offers 8. Its template has to ask for fewer.',
    ],
    [
      '0/2 nodes are available: 1 Insufficient nvidia.com/gpu.shared, 1 node(s) had volume node affinity conflict.',
      gpu,
      'Its home is on a node that has no free slice. It starts by itself when something ends there.',
    ],
    [
      '0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims.',
      gpu,
      'Its home is not there yet. It starts when the storage has made the volume.',
    ],
    [
      '0/2 nodes are available: 2 Insufficient cpu, 1 Insufficient memory.',
      gpu,
      'No node has enough free CPU and memory. It starts by itself when something ends.',
    ],
    [
      '0/1 nodes are available: 1 node(s) were unschedulable.',
      gpu,
      'The nodes that it could use are closed to new work. One node is cordoned: opening it may help.',
    ],
    [
      '0/1 nodes are available: 1 node(s) had untolerated taint(s).',
      gpu,
      'The nodes that it could use are kept for other work (taints). An admin can let it in.',
    ],
    [
      "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.",
      gpu,
      'No node has the labels that it asks for. Label a node, or change its template.',
    ],
    ['no idea', gpu, 'No node has room for it. It starts by itself when there is room.'],
  ])('%s', (message, context, reason) => {
    expect(waitReason(message, context)).toBe(reason)
  })
  it('takes no slice for missing where another resource is', () => {
    const message = '0/1 nodes are available: 1 Insufficient nvidia.com/gpu.shared.'
    expect(readScheduler(message, '').noSlice).toBe(false)
    expect(readScheduler(message, 'amd.com/gpu').noSlice).toBe(false)
  })
})
