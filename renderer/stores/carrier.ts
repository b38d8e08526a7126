// Whether the core behind the page still answers. A small call goes out now and then; one that stays unanswered, or says so
// itself, means that the carrier is lost: the page then says that what it shows is old, and asks more often until it is back.
import { createStore, type StoreApi } from 'zustand/vanilla'
import type { Bridge } from '../../shared/ipc/bridge.ts'
import type { AppInfo } from '../../shared/ipc/contract.ts'

export interface CarrierState {
  readonly connected: boolean
  /** Epoch ms of the last sign of life. */
  readonly lastSeen: number
  readonly info: AppInfo | undefined
}

export interface CarrierStore extends StoreApi<CarrierState> {
  /** A sign of life, or of its loss, from any other call or topic. */
  saw(alive: boolean): void
  dispose(): void
}

export interface CarrierOptions {
  readonly now?: () => number
  /** Runs something later (ms). @returns takes it back */
  readonly later?: (run: () => void, ms: number) => () => void
}

const ASK_EVERY_MS = 5_000
const ASK_WHILE_LOST_MS = 1_000
/** An answer that takes longer counts as lost; it takes 1 to 20 ms when all is well. */
const PATIENCE_MS = 3_000

export function createCarrierStore(bridge: Bridge, options: CarrierOptions = {}): CarrierStore {
  const { now = Date.now, later = timer } = options
  const store = createStore<CarrierState>(() => ({ connected: true, lastSeen: now(), info: undefined }))
  let stop: () => void = () => undefined
  let disposed = false

  function saw(alive: boolean): void {
    if (alive) store.setState({ connected: true, lastSeen: now() })
    else if (store.getState().connected) store.setState({ connected: false })
  }

  async function ask(): Promise<void> {
    const takeBack = later(() => saw(false), PATIENCE_MS)
    const answer = await bridge.call('app.info', {})
    takeBack()
    if (disposed) return
    if (answer.ok) store.setState({ info: answer.value })
    saw(answer.ok || answer.error.code !== 'core-lost')
    stop = later(() => void ask(), store.getState().connected ? ASK_EVERY_MS : ASK_WHILE_LOST_MS)
  }

  void ask()
  return {
    ...store,
    saw,
    dispose() {
      disposed = true
      stop()
    },
  }
}

function timer(run: () => void, ms: number): () => void {
  const handle = setTimeout(run, ms)
  return () => clearTimeout(handle)
}
