// The page in which the peer contract runs: it offers each case of each peer to the spec by a global of its own.
import { createNativePeer } from '../../../renderer/features/viewer/peer/native-peer.ts'
import { peerContract } from '../../../renderer/features/viewer/peer/peer.contract.ts'
import { createSimplePeer } from '../../../renderer/features/viewer/peer/simple-peer-adapter.ts'

const peers = { 'simple-peer': createSimplePeer, native: createNativePeer } as const
Object.assign(globalThis, {
  /** @returns null, or what went wrong */
  async runContract(peer: keyof typeof peers, name: string): Promise<string | null> {
    const found = peerContract.find((entry) => entry.name === name)
    if (found === undefined) return 'no such case'
    try {
      await found.run(peers[peer])
      return null
    } catch (error) {
      // said to the spec, which fails with it
      return error instanceof Error ? error.message : String(error)
    }
  },
})
