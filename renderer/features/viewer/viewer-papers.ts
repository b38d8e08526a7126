// Documents that were printed in the desktop: told in a line each, taken when the person wants one, and opened, saved or printed
// outside of our pages. Policy: nothing is taken unasked, because the desktop gives a document once; no page of ours ever has its bytes.
import type { AppErrorView } from '../../../shared/errors.ts'
import type { Bridge } from '../../../shared/ipc/bridge.ts'
import { plainWords } from '../../../shared/selkies/words.ts'
import { t, translated } from '../../ui/translate.ts'
import type { Say, ViewerStore } from './viewer-state.ts'

export interface PaperView {
  /** As the desktop has it. */
  readonly name: string
  /** One line of text. */
  readonly shown: string
  /** Bytes, as the desktop says. */
  readonly bytes: number
  readonly state: 'waiting' | 'taking' | 'taken'
  /** Why the last wish did not work. */
  readonly words: string | null
}

export type PaperWish = 'open' | 'save' | 'print'

export interface ViewerPapersOptions {
  readonly store: ViewerStore
  readonly bridge: Bridge
  ticket(): string | null
  say(say: Omit<Say, 'id'>): void
  /** Follows a link to a document: in a tab of its own, or as a download. */
  follow(address: string, how: 'tab' | 'download'): void
}

export interface ViewerPapers {
  /** The desktop says that a document waits. */
  printed(name: string, bytes: number): void
  wish(name: string, what: PaperWish): Promise<void>
  dismiss(name: string): void
}

/** Lines at once; a desktop that prints more has its oldest ones wait at the next connection. */
const LINES = 5

export function createViewerPapers(options: ViewerPapersOptions): ViewerPapers {
  const { store, bridge } = options
  const taken = new Map<string, { readonly paperId: string; readonly address: string | null }>()
  const papers = (): readonly PaperView[] => store.getState().papers
  const set = (next: readonly PaperView[]) => store.setState({ papers: next })
  const change = (name: string, part: Partial<PaperView>) =>
    set(papers().map((paper) => (paper.name === name ? { ...paper, ...part } : paper)))

  const take = async (name: string) => {
    const there = taken.get(name)
    if (there !== undefined) return there
    const ticket = options.ticket()
    if (ticket === null) {
      change(name, { words: t('The desktop is not there now. Try again in a moment.') })
      return null
    }
    change(name, { state: 'taking', words: null })
    const answer = await bridge.call('papers.take', { ticket, name })
    if (!answer.ok) {
      change(name, { state: 'waiting', words: errorWords(answer.error) })
      return null
    }
    taken.set(name, answer.value)
    change(name, { state: 'taken', bytes: answer.value.bytes })
    return answer.value
  }
  return {
    printed(name, bytes) {
      const known = papers().find((paper) => paper.name === name)
      // one that waits is told of again at every connection
      if (known !== undefined && known.state !== 'taken') return
      // of the same name as one that was taken: another document
      taken.delete(name)
      const paper: PaperView = {
        name,
        shown: plainWords(name, 80) || t('A document'),
        bytes,
        state: 'waiting',
        words: null,
      }
      set([...papers().filter((other) => other.name !== name), paper].slice(-LINES))
    },
    async wish(name, what) {
      if (papers().find((paper) => paper.name === name)?.state === 'taking') return
      const paper = await take(name)
      if (paper === null) return
      if (paper.address !== null) {
        options.follow(what === 'save' ? `${paper.address}?save` : paper.address, what === 'save' ? 'download' : 'tab')
        if (what === 'print') options.say({ icon: 'print', text: t('It is open in another tab. Print it there.') })
        return
      }
      const answer = await bridge.call('papers.act', { paperId: paper.paperId, what })
      if (!answer.ok) change(name, { words: errorWords(answer.error) })
      else if (answer.value.done && what === 'print')
        options.say({ icon: 'print', text: t('It is open in your program for PDFs. Print it there.') })
    },
    dismiss(name) {
      taken.delete(name)
      set(papers().filter((paper) => paper.name !== name))
    },
  }
}

function errorWords({ sentence, nextStep }: AppErrorView): string {
  return `${translated(sentence)} ${translated(nextStep)}`
}

/** Follows a link as a click on it does. */
export function followLink(address: string, how: 'tab' | 'download'): void {
  const link = document.createElement('a')
  link.href = address
  link.rel = 'noopener noreferrer'
  // an attachment: the page stays where it is
  if (how === 'tab') link.target = '_blank'
  link.click()
}
