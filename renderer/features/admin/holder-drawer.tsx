// What was chosen, beside the map: who, the way session > pod > node > GPU, since when, and to stop it. Esc closes it; the focus
// goes back to where it came from.
import { Box, Cpu, Monitor, Server, Square, X } from 'lucide-react'
import { useEffect, useRef, type ReactNode } from 'react'
import { useNow } from '../../stores/now.ts'
import { clockTime } from '../../stores/words.ts'
import { Button, IconButton } from '../../ui/button.tsx'
import type { Slice } from '../../../shared/domain/gpu.ts'
import { encoderFact } from './encoder-words.ts'
import type { Chosen, Place } from './choice.ts'
import { SESSION_STATES } from './session-state.tsx'
import type { StopTarget } from './stop-question.tsx'
import { stopTargetOf, stopWords, useKeepsNothing } from './stop-question.tsx'
import { Who } from './who.tsx'
import styles from './drawer.module.css'

export interface HolderDrawerProps {
  readonly chosen: Chosen
  readonly onClose: () => void
  readonly onStop: (target: StopTarget) => void
}

export function HolderDrawer({ chosen, onClose, onStop }: HolderDrawerProps): ReactNode {
  const drawer = useRef<HTMLElement>(null)
  const who = chosen.holder ?? chosen.session ?? chosen.waiting
  const key = who ? `${who.namespace}/${who.pod}` : placeWords(chosen.place)
  useEffect(() => drawer.current?.focus(), [key])
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- Esc comes up from the controls in it
    <aside
      ref={drawer}
      className={styles['drawer']}
      tabIndex={-1}
      aria-label={who ? `${who.person}: ${who.title}` : 'Slice'}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
      }}
    >
      <header>
        {who ? <Who person={who.person} large /> : null}
        <div className={styles['words']}>
          <h2>{who ? who.person : NOBODY[chosen.place?.slice.state ?? 'free']}</h2>
          <p>{who ? who.title : placeWords(chosen.place)}</p>
        </div>
        <IconButton label="Close details" hint="Close" icon={<X size={16} aria-hidden="true" />} onClick={onClose} />
      </header>
      {who ? <Held chosen={chosen} onStop={onStop} /> : <Nobody chosen={chosen} />}
    </aside>
  )
}

const NOBODY: Readonly<Record<Slice['state'], string>> = {
  free: 'Free slice',
  held: 'Slice in use',
  releasing: 'Slice that comes free',
  unhealthy: 'Unhealthy slice',
}

function placeWords(place: Place | undefined): string {
  return place
    ? `${place.gpuName} on ${place.node.name}, slice ${place.index + 1} of ${place.gpu.slices.length}`
    : 'No longer there'
}

function Nobody({ chosen: { place } }: { readonly chosen: Chosen }): ReactNode {
  const { slice, node, gpu } = place ?? {}
  const closed = node !== undefined && (!node.schedulable || !node.ready)
  return (
    <>
      <p className={styles['about']}>
        {slice?.state === 'unhealthy'
          ? 'The node no longer offers this slice. Nothing starts on it until its GPU plugin reports it healthy again.'
          : slice?.state === 'held'
            ? 'Somebody on this node holds it. The API does not tell on which GPU; who it can be stands below the node’s GPUs.'
            : closed
              ? 'Nobody holds it, but nothing new starts on this node.'
              : 'Nobody holds it. The next desktop that asks for a slice can start here.'}
      </p>
      <h3>Where it is</h3>
      <ol className={styles['way']}>
        <Step icon={<Server size={16} />} name="Node" value={node?.name} />
        <Step icon={<Cpu size={16} />} name="GPU" value={place && gpuWords(place)} plain />
      </ol>
      {gpu?.uuid ? <p className={styles['uuid']}>{gpu.uuid}</p> : null}
      <Encoder model={gpu?.model} />
    </>
  )
}

function gpuWords({ gpuName, gpu, index }: Place): string {
  return `${gpuName}, slice ${index + 1} of ${gpu.slices.length}`
}

function Held({ chosen, onStop }: Pick<HolderDrawerProps, 'chosen' | 'onStop'>): ReactNode {
  const now = useNow()
  const { holder, session, waiting, unplacedOn } = chosen
  const places = chosen.places.length > 0 ? chosen.places : chosen.place ? [chosen.place] : []
  const who = holder ?? session ?? waiting
  const target = stopTargetOf(chosen)
  const keepsNothing = useKeepsNothing(target)
  if (!who) return null
  const node = places[0]?.node.name ?? unplacedOn ?? session?.node
  const since = holder?.since ?? session?.since ?? waiting?.since
  const uuids = [...new Set(places.flatMap(({ gpu }) => gpu.uuid ?? []))]
  return (
    <>
      {waiting ? <p className={styles['about']}>{waiting.reason}</p> : null}
      <h3>Where it runs</h3>
      <ol className={styles['way']}>
        <Step
          icon={<Monitor size={16} />}
          name="Session"
          value={isOurs(chosen) ? who.pod : undefined}
          lack="not one of ours"
        />
        <Step icon={<Box size={16} />} name="Pod" value={`${who.namespace}/${who.pod}`} />
        <Step icon={<Server size={16} />} name="Node" value={node} lack="none yet" />
        {places.length > 0 ? (
          places.map((place) => (
            <Step key={gpuWords(place)} icon={<Cpu size={16} />} name="GPU" value={gpuWords(place)} plain />
          ))
        ) : (
          <Step
            icon={<Cpu size={16} />}
            name="GPU"
            value={undefined}
            lack={unplacedOn ? 'on this node; which is not told' : session?.slices === 0 ? 'none' : 'none yet'}
          />
        )}
      </ol>
      {uuids.map((uuid) => (
        <p key={uuid} className={styles['uuid']}>
          {uuid}
        </p>
      ))}
      <Encoder model={places[0]?.gpu.model} />
      <h3>State</h3>
      <dl className={styles['facts']}>
        <div>
          <dt>State</dt>
          <dd>
            {places.some(({ slice }) => slice.state === 'releasing')
              ? 'Ending, releases its slice'
              : SESSION_STATES[session?.state ?? (waiting ? 'waiting' : 'running')].word}
          </dd>
        </div>
        {session?.template === undefined ? null : (
          <div>
            <dt>Template</dt>
            <dd>{session.template}</dd>
          </div>
        )}
        {since === undefined ? null : (
          <div>
            <dt>Since</dt>
            <dd>
              <time dateTime={new Date(since).toISOString()}>{clockTime(since, now)}</time>
            </dd>
          </div>
        )}
      </dl>
      <div className={styles['space']} />
      <footer>
        {target ? (
          <Button kind="danger" onClick={() => onStop(target)}>
            <Square size={14} aria-hidden="true" />
            {target.ours ? 'Stop desktop…' : 'Delete pod…'}
          </Button>
        ) : null}
        <p>
          {target
            ? `${stopWords(target, keepsNothing)}.`
            : session?.canStop === false
              ? `You have no right to delete pods in ${who.namespace}, so it cannot be stopped from here.`
              : 'It ends already.'}
        </p>
      </footer>
    </>
  )
}

/** The encoder of the GPU, not of the desktop: a template may ask for software all the same. */
function Encoder({ model }: { readonly model: string | undefined }): ReactNode {
  const fact = encoderFact(model)
  return fact === undefined ? null : (
    <dl className={styles['facts']}>
      <div>
        <dt>GPU’s encoder</dt>
        <dd>{fact}</dd>
      </div>
    </dl>
  )
}

/** Whether the pod is a desktop of ours: only ours have sessions. */
function isOurs({ holder, session, waiting }: Chosen): boolean {
  return (holder?.sessionId ?? waiting?.sessionId ?? session) !== undefined
}

interface StepProps {
  readonly icon: ReactNode
  readonly name: string
  readonly value: string | undefined
  /** Said when there is no value. */
  readonly lack?: string
  readonly plain?: boolean
}

function Step({ icon, name, value, lack = 'not told', plain }: StepProps): ReactNode {
  return (
    <li>
      <span className={styles['icon']} aria-hidden="true">
        {icon}
      </span>
      <span>{name}</span>
      {value === undefined ? <span>{lack}</span> : <b className={plain ? undefined : 'mono'}>{value}</b>}
    </li>
  )
}
