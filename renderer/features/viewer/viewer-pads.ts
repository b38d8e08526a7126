// The gamepads of a viewer: what the page shows of them, and whether the desktop gets them: the person's wish and its own rule together.
import type { Settings } from '../../../shared/domain/settings.ts'
import { captureGamepads, type Gamepads } from './input/gamepads.ts'
import type { InputSink } from './input/input-sink.ts'
import { padsChanged } from './input/pad-words.ts'
import type { Say, ViewerStore } from './viewer-state.ts'

export interface ViewerPadsOptions {
  readonly sink: InputSink
  readonly store: ViewerStore
  /** They are this window's now: the first display's, of the desktop that is used. */
  mine(): boolean
  settings(): Settings
  say(say: Omit<Say, 'id'>): void
}

export interface ViewerPads extends Pick<Gamepads, 'announce' | 'rumble' | 'setTesting' | 'dispose'> {
  /** The settings or the desktop's rule changed. */
  update(): void
}

/** Follows the pads until disposed. */
export function createViewerPads({ sink, store, mine, settings, say }: ViewerPadsOptions): ViewerPads {
  const pads = captureGamepads(sink, (present) => {
    const line = padsChanged(store.getState().pads, present)
    store.setState({ pads: present })
    if (line !== null) say({ icon: 'pad', text: line })
  })
  if (!mine()) pads.setEnabled(false)
  return {
    announce: () => pads.announce(),
    rumble: (...effect) => pads.rumble(...effect),
    setTesting: (on) => pads.setTesting(on),
    update: () => pads.setEnabled(mine() && settings().gamepads && store.getState().takesPads),
    dispose: () => pads.dispose(),
  }
}
