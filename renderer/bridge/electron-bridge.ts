// The bridge over Electron's IPC: `window.kasm` from the preload script. JSON only, as on the other carrier.
import type { Bridge, CallResult, ElectronApi } from '../../shared/ipc/bridge.ts'
import { isCallResult, lostCarrier } from './lost-carrier.ts'
import { createTopicFan } from './topic-fan.ts'

/** @param api what the preload script shows */
export function createElectronBridge(api: ElectronApi): Bridge {
  const fan = createTopicFan((topic) => api.subscribe(topic, (value) => fan.push(topic, value)))
  return {
    async call(name, input) {
      try {
        // through JSON text: `undefined` and prototypes do not cross on either carrier
        const answer = await api.call(name, JSON.parse(JSON.stringify(input)))
        return (isCallResult(answer) ? answer : lostCarrier('not an answer')) as CallResult<never>
      } catch (thrown) {
        // the core is shutting down or the call is not of this version
        return lostCarrier(thrown instanceof Error ? thrown.message : String(thrown))
      }
    },
    subscribe: (name, listener) => fan.add(name, listener as (value: unknown) => void),
  }
}
