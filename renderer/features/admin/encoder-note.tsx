// The encoder of a node's GPUs, on its card: icon and words, so that no colour is needed to tell a warning from a note.
import { Info, TriangleAlert } from 'lucide-react'
import type { ReactNode } from 'react'
import type { GpuNode } from '../../../shared/domain/gpu.ts'
import { cx } from '../../ui/cx.ts'
import { encoderNotes } from './encoder-words.ts'
import styles from './gpu-map.module.css'

export function EncoderNotes({ node }: { readonly node: GpuNode }): ReactNode {
  return encoderNotes(node).map(({ tone, text }) => {
    const Icon = tone === 'warn' ? TriangleAlert : Info
    return (
      <p key={text} className={cx(styles['encoder'], tone === 'warn' && styles['warn'])}>
        <Icon size={14} aria-hidden="true" />
        <span>{text}</span>
      </p>
    )
  })
}
