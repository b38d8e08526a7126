// The clipboard in a viewer's session: the bridge with the rules of the desktop, the person's setting, the browser's permission,
// and the words that are said of them. Policy: what a rule keeps is said when it keeps it, each rule once.
import type { Settings } from '../../../shared/domain/settings.ts'
import { t } from '../../ui/translate.ts'
import type { ClipboardPart } from '../../../shared/selkies/g2/server-messages.ts'
import { createClipboardBridge, directionsOf, type PasteTurn } from './input/clipboard.ts'
import type { ClipboardLine } from './input/clipboard-sender.ts'
import { allow, browserClipboard, permission } from './input/local-clipboard.ts'
import { copiedWords, sendingWords, tooLargeWords } from './session-words.ts'
import { clipboardBlock, OPEN_RULES, pictureBlock, type TransferRules } from './transfer-rules.ts'
import type { Say, ViewerStore } from './viewer-state.ts'

export interface ViewerClipboardOptions {
  readonly store: ViewerStore
  readonly line: ClipboardLine
  /** Where the person acts: a click or a key may let a browser take what waits. */
  readonly stage: HTMLElement
  readonly signal: AbortSignal
  say(say: Omit<Say, 'id'>): void
  onFiles(files: readonly File[]): void
}

export interface ViewerClipboard {
  setRules(rules: TransferRules): void
  setSetting(setting: Settings['clipboard']): void
  receive(part: ClipboardPart): void
  paste(data: DataTransfer | null): PasteTurn
  /** A click in the viewer: the browser may ask the person whether this page may read the clipboard. */
  allow(): Promise<void>
}

export function createViewerClipboard(options: ViewerClipboardOptions): ViewerClipboard {
  const { store, signal } = options
  let rules = OPEN_RULES
  let setting: Settings['clipboard'] = 'both'
  let said = new Set<string>()
  const say = (text: string) => options.say({ icon: 'clipboard', text })
  /** A rule speaks once, until the rules change. */
  const sayRule = (words: string | null) => {
    if (words === null || said.has(words)) return
    said.add(words)
    say(words)
  }
  const bridge = createClipboardBridge({
    local: browserClipboard(),
    line: options.line,
    pause: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
    onCopied: (...copied) => say(copiedWords(...copied)),
    onSending: (bytes) => say(sendingWords(bytes)),
    onTooLarge: (bytes) => say(tooLargeWords(bytes)),
    onBlocked: (what) =>
      sayRule(
        what === 'picture' ? pictureBlock(rules) : clipboardBlock(what === 'to-desktop' ? 'in' : 'out', rules, setting),
      ),
    onFiles: options.onFiles,
  })
  const update = () => {
    said = new Set()
    bridge.setDirections(directionsOf(setting, { in: rules.clipboardIn, out: rules.clipboardOut }))
    const { clipboardBytes, clipboardChunk } = store.getState().features
    bridge.setKinds({ ...rules, limit: clipboardBytes, chunk: clipboardChunk })
  }
  const look = async () => {
    const now = await permission()
    if (!signal.aborted && store.getState().clipboardPermission !== now) store.setState({ clipboardPermission: now })
  }
  /** What is copied here was looked at since the window got the focus; a new window has it without being told. */
  let looked = false
  const focus = () => {
    looked = true
    void look()
    void bridge.focus()
  }
  void look()
  window.addEventListener('focus', focus, { signal })
  options.stage.addEventListener(
    'pointerdown',
    () => {
      if (looked) bridge.retry()
      else focus()
    },
    { signal, capture: true },
  )
  options.stage.addEventListener(
    'keydown',
    (event) => {
      bridge.retry()
      // what the desktop keeps is not told: the key that copies is all that is seen of it
      if (copies(event)) sayRule(clipboardBlock('out', rules, setting))
    },
    { signal, capture: true },
  )
  return {
    setRules(next) {
      rules = next
      update()
    },
    setSetting(next) {
      if (next === setting) return
      setting = next
      update()
    },
    receive: (part) => bridge.receive(part),
    paste: (data) => bridge.paste(data),
    async allow() {
      const now = await allow()
      store.setState({ clipboardPermission: now })
      if (now === 'granted') await bridge.focus()
      else
        say(
          t(
            'The browser keeps its clipboard. Pasting works all the same; it is allowed at the lock beside the address.',
          ),
        )
    },
  }
}

function copies({ ctrlKey, metaKey, altKey, code }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && (code === 'KeyC' || code === 'KeyX' || (code === 'Insert' && ctrlKey))
}
