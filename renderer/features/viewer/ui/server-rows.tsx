// What answers at the other end, in the statistics: its generation, what it said that was not understood, and what it cannot do.
import type { ReactNode } from 'react'
import type { ServerFeatures } from '../../../../shared/selkies/features.ts'
import { english, number, t } from '../../../ui/translate.ts'
import { missingWords } from '../feature-words.ts'
import { Row } from './statistics-row.tsx'

interface ServerRowsProps {
  readonly features: ServerFeatures
  /** Messages of this connection that were left out. */
  readonly unread: number
}

/** Rows of the statistics' list. */
export function ServerRows({ features, unread }: ServerRowsProps): ReactNode {
  const missing = missingWords(features)
  return (
    <>
      <Row
        name={t('Server')}
        value={
          <bdi translate="no">{features.generation === 'selkies1' ? english('Selkies 1.6') : english('Selkies 2')}</bdi>
        }
        note={t('recognised')}
      />
      <Row name={t('Not understood')} value={number(unread)} note={t('of its messages, left out')} />
      {missing.length > 0 && <Row name={t('It cannot do')} value="" note={missing.join(' · ')} />}
    </>
  )
}
