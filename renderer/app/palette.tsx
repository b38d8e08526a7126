// The command palette: type, arrows, Enter. The focus stays in the field; the list tells what is chosen.
import { Dialog } from '@base-ui/react/dialog'
import { Search } from 'lucide-react'
import { useEffect, useId, useRef, useState, type ReactNode } from 'react'
import { useClusters, useLibrary, useMaySeeCluster, usePage, useSessions, useStores } from '../stores/hooks.ts'
import { useNow } from '../stores/now.ts'
import { matches } from '../stores/search.ts'
import { Keys } from '../ui/kbd.tsx'
import { useActions } from './actions.ts'
import { commandsOf, type Command } from './commands.tsx'
import styles from './palette.module.css'

export function Palette(): ReactNode {
  const { page } = useStores()
  const open = usePage((state) => state.paletteOpen)
  const field = useRef<HTMLInputElement>(null)
  return (
    <Dialog.Root open={open} onOpenChange={(next) => page.setState({ paletteOpen: next })}>
      <Dialog.Portal>
        <Dialog.Backdrop className={styles['backdrop']} />
        <Dialog.Popup className={styles['popup']} aria-label="Commands" initialFocus={field}>
          <PaletteBody field={field} onDone={() => page.setState({ paletteOpen: false })} />
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  )
}

function PaletteBody(props: {
  readonly field: React.RefObject<HTMLInputElement | null>
  readonly onDone: () => void
}): ReactNode {
  const { field, onDone } = props
  const [query, setQuery] = useState('')
  const [chosen, setChosen] = useState(0)
  const list = useId()
  const clusters = useClusters()
  const library = useLibrary()
  const sessions = useSessions()?.sessions ?? []
  const actions = useActions()
  const all = commandsOf({ clusters, library, sessions, maySeeCluster: useMaySeeCluster(), actions, now: useNow() })
  const found = all.filter(({ title, note }) => matches(query, title, note))
  const index = Math.min(chosen, Math.max(0, found.length - 1))
  const current = found[index]

  useEffect(() => {
    document.getElementById(`${list}-${index}`)?.scrollIntoView({ block: 'nearest' })
  }, [list, index])

  function run(command: Command | undefined): void {
    if (!command) return
    onDone()
    command.run()
  }
  function onKeyDown(event: React.KeyboardEvent): void {
    const last = found.length - 1
    const moves: Readonly<Record<string, number>> = {
      ArrowDown: index === last ? 0 : index + 1,
      ArrowUp: index === 0 ? last : index - 1,
      PageDown: Math.min(last, index + 8),
      PageUp: Math.max(0, index - 8),
    }
    const to = moves[event.key]
    if (to !== undefined) setChosen(Math.max(0, to))
    else if (event.key === 'Enter' && !event.nativeEvent.isComposing) run(current)
    else return
    event.preventDefault()
  }
  return (
    <>
      <div className={styles['field']}>
        <Search size={20} aria-hidden="true" />
        <input
          ref={field}
          role="combobox"
          aria-label="Command"
          aria-expanded="true"
          aria-controls={list}
          aria-autocomplete="list"
          {...(current ? { 'aria-activedescendant': `${list}-${index}` } : {})}
          placeholder="Open, start, switch, find a setting…"
          value={query}
          onChange={(event) => {
            setQuery(event.target.value)
            setChosen(0)
          }}
          onKeyDown={onKeyDown}
        />
        <Keys keys={['Esc']} />
      </div>
      <div className={styles['list']} role="listbox" id={list} aria-label="Commands">
        {found.map((command, position) => (
          <div key={command.id} role="presentation">
            {found[position - 1]?.group === command.group ? null : (
              <div className={styles['group']} role="presentation">
                {command.group}
              </div>
            )}
            <div
              id={`${list}-${position}`}
              role="option"
              tabIndex={-1}
              aria-selected={position === index}
              className={styles['option']}
              onPointerMove={() => setChosen(position)}
              onClick={() => run(command)}
              onKeyDown={onKeyDown}
            >
              {command.icon}
              <span className={`${styles['words']} cut`}>
                <span className={styles['title']}>{command.title}</span>
                {command.note === undefined ? null : <span className={styles['note']}>{command.note}</span>}
              </span>
              {command.keys ? <Keys keys={command.keys} /> : position === index ? <Keys keys={['Enter']} /> : null}
            </div>
          </div>
        ))}
        {found.length === 0 ? <p className={styles['none']}>Nothing is called “{query}”.</p> : null}
      </div>
      <div className={styles['foot']}>
        <span>
          <Keys keys={['↑', '↓']} /> move
        </span>
        <span>
          <Keys keys={['Enter']} /> run
        </span>
        <span className={styles['count']} role="status">
          {found.length} of {all.length}
        </span>
      </div>
    </>
  )
}
