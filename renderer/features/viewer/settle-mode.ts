// Finds out which mode to speak with the desktop, and switches the desktop where that is right.
// Policy: a server that is about to be there is asked often; nobody is thrown out on a guess.
import { assertNever } from '../../../shared/assert-never.ts'
import type { createDesktopApi } from './desktop-api.ts'
import { chooseMode, type CarrierMode, type ModeWish } from './mode-choice.ts'
import { pause } from './pause.ts'
import { t } from '../../ui/translate.ts'

type Api = ReturnType<typeof createDesktopApi>

const MODE_WITHIN_MS = 6000
/** A server that is about to be there is asked often, one that stays away once a second, ms. */
const SOON_MS = 250
const SOON_TRIES = 12

export type Settled =
  | { readonly kind: 'mode'; readonly mode: CarrierMode }
  /** The door must be opened anew. */
  | { readonly kind: 'door-closed' }
  /** Others would be thrown out. */
  | { readonly kind: 'ask'; readonly others: number; readonly to: 'webrtc' | 'websocket' }
  | { readonly kind: 'refuse'; readonly sentence: string }

export interface SettleModeOptions {
  readonly api: Api
  readonly signal: AbortSignal
  /** A person agreed to throw the others out. */
  readonly mayDisturb: boolean
  wish(): ModeWish
  onWaiting(because: string): void
}

/** Asks until it is settled. @throws the signal's reason */
export async function settleMode({ api, signal, mayDisturb, wish, onWaiting }: SettleModeOptions): Promise<Settled> {
  for (let tries = 1; ; tries++) {
    const { probed, doorClosed, refusal } = await api.probe(signal)
    signal.throwIfAborted()
    if (doorClosed) return { kind: 'door-closed' }
    const choice = chooseMode(probed, wish())
    switch (choice.do) {
      case 'connect':
        return { kind: 'mode', mode: choice.mode }
      case 'refuse':
        return { kind: 'refuse', sentence: choice.sentence }
      case 'wait':
        onWaiting(refusal ?? t('Waiting for the desktop’s server.'))
        await pause(tries <= SOON_TRIES ? SOON_MS : 1000, signal)
        break
      case 'switch': {
        const others = mayDisturb ? 0 : await countOthers(api, choice.need ? 8 : 2, signal)
        if (others > 0 && choice.need) return { kind: 'ask', others, to: choice.to }
        const present = choice.to === 'webrtc' ? 'websocket' : 'webrtc'
        if (others > 0 || !(await api.switchMode(choice.to, signal))) {
          if (!choice.need || choice.to === 'websocket') return { kind: 'mode', mode: present }
          onWaiting(t('The desktop does not change its mode yet.'))
          await pause(1000, signal)
          break
        }
        await untilMode(api, choice.to, signal)
        break
      }
      default:
        return assertNever(choice)
    }
  }
}

/** Others, not us: a session of ours that was just lost is held for a moment and is given time to go. */
async function countOthers(api: Api, patience: number, signal: AbortSignal): Promise<number> {
  for (let attempt = 0; ; attempt++) {
    const count = await api.sessions(signal)
    // not known: nobody is thrown out on a guess
    if (count === null) return 1
    if (count === 0 || attempt >= patience) return count
    await pause(500, signal)
  }
}

async function untilMode(api: Api, mode: 'webrtc' | 'websocket', signal: AbortSignal): Promise<void> {
  const until = performance.now() + MODE_WITHIN_MS
  while (performance.now() < until) {
    const { probed } = await api.probe(signal)
    if (probed.kind === 'selkies2' && (probed.mode === 'webrtc') === (mode === 'webrtc') && probed.mode !== null) return
    await pause(200, signal)
  }
}
