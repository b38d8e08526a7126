// RTCPeerConnection as a ViewerPeer: the twin of the simple-peer adapter, smaller, chosen by a setting.
// Policy: the close of `input` ends the peer; a candidate that the browser refuses is dropped.
import { createEmitter } from './emitter.ts'
import { createUplinks } from './uplinks.ts'
import type { CreateViewerPeer, PeerEvents, PeerState } from './viewer-peer.ts'

/** Makes a peer that waits for the server's offer. */
export const createNativePeer: CreateViewerPeer = ({ iceServers, iceTransportPolicy = 'all', editAnswer }) => {
  const events = createEmitter<PeerEvents>()
  const connection = new RTCPeerConnection({
    iceServers: [...iceServers],
    iceTransportPolicy,
    bundlePolicy: 'max-bundle',
  })
  const uplinks = createUplinks(connection)
  const channels: { input: RTCDataChannel | null; pointer: RTCDataChannel | null } = { input: null, pointer: null }
  const early: RTCIceCandidateInit[] = []
  let state: PeerState = 'new'
  const move = (next: PeerState) => {
    if (next === state || state === 'closed' || state === 'failed') return
    state = next
    events.emit('state', next)
  }
  const close = (next: PeerState) => {
    connection.close()
    move(next)
  }
  const fail = (error: unknown) => {
    if (state === 'closed' || state === 'failed') return
    events.emit('error', error instanceof Error ? error : new Error(String(error)))
    close('closed')
  }
  connection.addEventListener('icecandidate', ({ candidate }) => {
    if (candidate !== null) events.emit('signal', { type: 'candidate', candidate: candidate.toJSON() })
  })
  connection.addEventListener('track', ({ track, receiver, streams }) =>
    events.emit('track', { track, receiver, streams }),
  )
  let announced = false
  const announce = () => {
    if (announced || channels.input?.readyState !== 'open' || connection.connectionState !== 'connected') return
    announced = true
    events.emit('open', undefined)
  }
  connection.addEventListener('connectionstatechange', () => {
    if (connection.connectionState === 'connecting') move('connecting')
    else if (connection.connectionState === 'connected') {
      move('connected')
      announce()
    } else if (connection.connectionState === 'failed') close('failed')
  })
  connection.addEventListener('datachannel', ({ channel }) => {
    const { label } = channel
    if (label !== 'input' && label !== 'pointer') return
    channel.binaryType = 'arraybuffer'
    channels[label] = channel
    channel.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) =>
      events.emit('message', { channel: label, data: typeof data === 'string' ? data : new Uint8Array(data) }),
    )
    if (label === 'pointer') return
    channel.addEventListener('open', announce)
    channel.addEventListener('close', () => close('closed'))
    announce()
  })
  const answer = async (sdp: string) => {
    await connection.setRemoteDescription({ type: 'offer', sdp })
    uplinks.prepare(sdp)
    for (const candidate of early.splice(0)) await add(candidate)
    const made = await connection.createAnswer()
    const edited = editAnswer(made.sdp ?? '')
    await connection.setLocalDescription({ type: 'answer', sdp: edited })
    events.emit('signal', { type: 'answer', sdp: edited })
  }
  const add = async (candidate: RTCIceCandidateInit) => {
    try {
      await connection.addIceCandidate(candidate)
    } catch {
      // names that cannot be resolved here, and leftovers of a closed connection
    }
  }
  return {
    get state() {
      return state
    },
    accept(signal) {
      if (state === 'closed' || state === 'failed') return
      if (signal.type === 'offer') {
        move('connecting')
        answer(signal.sdp).catch(fail)
      } else if (connection.remoteDescription === null) early.push(signal.candidate)
      else void add(signal.candidate)
    },
    send(name, data) {
      const channel = name === 'pointer' && channels.pointer?.readyState === 'open' ? channels.pointer : channels.input
      if (channel?.readyState !== 'open') return false
      // two calls: the overloads do not take the union
      if (typeof data === 'string') channel.send(data)
      else channel.send(data)
      return true
    },
    setUplink: (what, track) => uplinks.set(what, track),
    bufferedAmount: (name) => channels[name]?.bufferedAmount ?? 0,
    stats: () => connection.getStats(),
    on: (event, listener) => events.on(event, listener),
    close: () => close('closed'),
  }
}
