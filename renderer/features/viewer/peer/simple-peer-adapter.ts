// simple-peer as a ViewerPeer. The only file that touches its private parts.
// Policy: `input` is simple-peer's one channel (its close ends the peer); `pointer` lives beside it and may come and go.
// A candidate that the browser refuses is dropped, as by the twin: simple-peer itself would end the peer.
// oxlint-disable-next-line typescript/triple-slash-reference -- other zones compile this file without the renderer's folder
/// <reference path="./simplepeer.d.ts" />
import SimplePeer from 'simple-peer/simplepeer.min.js'
import { createEmitter } from './emitter.ts'
import { createUplinks } from './uplinks.ts'
import type { CreateViewerPeer, PeerEvents, PeerState } from './viewer-peer.ts'

/** Makes a peer that waits for the server's offer. ICE servers are always given, since simple-peer's defaults are public ones. */
export const createSimplePeer: CreateViewerPeer = ({ iceServers, iceTransportPolicy = 'all', editAnswer }) => {
  const events = createEmitter<PeerEvents>()
  let state: PeerState = 'new'
  let pointer: RTCDataChannel | null = null
  let failed = false
  let edited = ''
  const early: RTCIceCandidateInit[] = []
  const peer = new SimplePeer({
    initiator: false,
    trickle: true,
    objectMode: true,
    config: { iceServers: [...iceServers], iceTransportPolicy, bundlePolicy: 'max-bundle' },
    sdpTransform: (sdp) => (edited = editAnswer(sdp)),
  })
  const connection = peer._pc
  const uplinks = connection === null ? null : createUplinks(connection)
  const move = (next: PeerState) => {
    if (next === state || state === 'closed' || state === 'failed') return
    state = next
    events.emit('state', next)
  }
  if (connection !== null) {
    // simple-peer keeps only the last channel that it is given: it gets `input`, `pointer` stays with us
    connection.ondatachannel = (event) => {
      if (event.channel.label === 'input') peer._setupData(event)
      else if (event.channel.label === 'pointer') {
        pointer = event.channel
        pointer.binaryType = 'arraybuffer'
        pointer.addEventListener('message', ({ data }: MessageEvent<string | ArrayBuffer>) =>
          events.emit('message', {
            channel: 'pointer',
            data: typeof data === 'string' ? data : new Uint8Array(data),
          }),
        )
      }
    }
    // after the offer is set, before simple-peer makes its answer
    connection.addEventListener('signalingstatechange', () => {
      if (connection.signalingState === 'have-remote-offer')
        uplinks?.prepare(connection.remoteDescription?.sdp ?? connection.pendingRemoteDescription?.sdp ?? '')
    })
    connection.addEventListener('track', ({ track, receiver, streams }) =>
      events.emit('track', { track, receiver, streams }),
    )
    connection.addEventListener('connectionstatechange', () => {
      if (connection.connectionState === 'connecting') move('connecting')
      else if (connection.connectionState === 'connected') move('connected')
      else if (connection.connectionState === 'failed') {
        failed = true
        move('failed')
      }
    })
  }
  const add = (candidate: RTCIceCandidateInit) => {
    connection?.addIceCandidate(candidate).catch(() => {
      // names that cannot be resolved here, nonsense, and leftovers of a closed connection
    })
  }
  peer.on('signal', (data) => {
    if (data.type === 'answer') {
      // simple-peer says the browser's own reading of the answer; the server gets the edited words
      events.emit('signal', { type: 'answer', sdp: edited })
      for (const candidate of early.splice(0)) add(candidate)
    } else if (data.candidate !== undefined) events.emit('signal', { type: 'candidate', candidate: data.candidate })
    // `renegotiate` and `transceiverRequest` are simple-peer's own tongue: a Selkies server does not know them
  })
  peer.on('data', (data) =>
    events.emit('message', { channel: 'input', data: typeof data === 'string' ? data : new Uint8Array(data) }),
  )
  peer.on('connect', () => events.emit('open', undefined))
  peer.on('error', (error) => {
    if (!failed) events.emit('error', error)
  })
  peer.on('close', () => move('closed'))
  return {
    get state() {
      return state
    },
    accept(signal) {
      if (peer.destroyed) return
      if (signal.type === 'offer') {
        move('connecting')
        peer.signal({ type: 'offer', sdp: signal.sdp })
      } else if (!connection?.remoteDescription) early.push(signal.candidate)
      else add(signal.candidate)
    },
    send(channel, data) {
      if (channel === 'pointer' && pointer?.readyState === 'open') {
        // two calls: the overloads do not take the union
        if (typeof data === 'string') pointer.send(data)
        else pointer.send(data)
        return true
      }
      if (peer.destroyed || peer._channel?.readyState !== 'open') return false
      peer.send(data)
      return true
    },
    setUplink: async (what, track) =>
      // simple-peer closes its connection a moment after it was told to
      state === 'closed' || state === 'failed' || uplinks === null ? track === null : uplinks.set(what, track),
    bufferedAmount: (channel) => (channel === 'pointer' ? pointer : peer._channel)?.bufferedAmount ?? 0,
    stats: async () => (connection === null ? new Map() : connection.getStats()),
    on: (event, listener) => events.on(event, listener),
    close() {
      peer.destroy()
      // simple-peer leaves the state to its `close` event, which comes a microtask later; ours is told at once
      move('closed')
    },
  }
}
