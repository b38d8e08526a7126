// The nodes: state, resource, GPUs and slices, and what is out of the ordinary in plain words.
import type { ReactNode } from 'react'
import type { GpuNode } from '../../../shared/domain/gpu.ts'
import { NodeState } from './gpu-map.tsx'
import { gpuFacts, nodeSlices } from './words.ts'
import styles from './table.module.css'

export function NodesTable({ nodes }: { readonly nodes: readonly GpuNode[] }): ReactNode {
  return (
    <table className={styles['table']} aria-label="Nodes">
      <thead>
        <tr>
          <th scope="col">Node</th>
          <th scope="col">State</th>
          <th scope="col" className={styles['spare3']}>
            GPUs
          </th>
          <th scope="col" className={styles['spare2']}>
            Resource
          </th>
          <th scope="col" className={styles['right']}>
            Slices in use
          </th>
        </tr>
      </thead>
      <tbody>
        {nodes.map((node) => (
          <Row key={node.name} node={node} />
        ))}
      </tbody>
    </table>
  )
}

function Row({ node }: { readonly node: GpuNode }): ReactNode {
  const { total, used } = nodeSlices(node)
  const [first] = node.gpus
  const models = new Set(node.gpus.map(gpuFacts))
  return (
    <tr>
      <th scope="row" className={styles['strong']}>
        <span className="mono">{node.name}</span>
      </th>
      <td className={styles['wide']}>
        <NodeState node={node} />
        {node.note === undefined ? null : <p className={styles['note']}>{node.note}</p>}
      </td>
      <td className={styles['spare3']}>
        {first === undefined ? (
          <i>none</i>
        ) : (
          `${node.gpus.length}${models.size === 1 && gpuFacts(first) !== '' ? ` × ${gpuFacts(first)}` : ''}`
        )}
      </td>
      <td className={styles['spare2']}>
        {node.resource === undefined ? <i>–</i> : <span className="mono">{node.resource}</span>}
      </td>
      <td className={styles['right']}>{total === 0 ? <i>–</i> : `${used} of ${total}`}</td>
    </tr>
  )
}
