// What every ViewerPeer must do, as cases that run in a real browser against a desktop in the same page (e2e peer-contract spec).
// A case fails by throwing. The desktop side is a plain RTCPeerConnection shaped like Selkies 2.1's offer.
import type { ClientSignal, CreateViewerPeer, PeerEvents, ViewerPeer } from './viewer-peer.ts'

export interface ContractCase {
  readonly name: string
  run(create: CreateViewerPeer): Promise<void>
}

const PATIENCE_MS = 8000

function check(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what)
}

/** Waits for a condition, looked at every 10 ms. */
async function until(condition: () => boolean, what: string): Promise<void> {
  const limit = performance.now() + PATIENCE_MS
  while (!condition()) {
    if (performance.now() > limit) throw new Error(`not in time: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}

interface Desktop {
  readonly connection: RTCPeerConnection
  readonly input: RTCDataChannel
  readonly pointer: RTCDataChannel
  readonly heard: { readonly input: unknown[]; readonly pointer: unknown[] }
  close(): void
}

function makeDesktop(): Desktop {
  const connection = new RTCPeerConnection()
  const canvas = document.createElement('canvas')
  canvas.width = 64
  canvas.height = 64
  const context = canvas.getContext('2d')
  let shade = 0
  const paint = setInterval(() => {
    if (context === null) return
    context.fillStyle = `rgb(${(shade = (shade + 5) % 255)} 0 0)`
    context.fillRect(0, 0, 64, 64)
  }, 33)
  const [track] = canvas.captureStream(30).getVideoTracks()
  // no stream: Selkies' tracks may come without one, and a peer must tell them all the same
  if (track !== undefined) connection.addTransceiver(track, { direction: 'sendonly' })
  // its own sound, then what it takes of the viewer's machine, as Selkies offers them
  connection.addTransceiver('audio', { direction: 'sendrecv' })
  connection.addTransceiver('audio', { direction: 'recvonly' })
  connection.addTransceiver('video', { direction: 'recvonly' })
  const input = connection.createDataChannel('input')
  const pointer = connection.createDataChannel('pointer', { ordered: false })
  const heard: Desktop['heard'] = { input: [], pointer: [] }
  for (const channel of [input, pointer] as const) {
    channel.binaryType = 'arraybuffer'
    channel.addEventListener('message', ({ data }) => heard[channel.label === 'input' ? 'input' : 'pointer'].push(data))
  }
  return {
    connection,
    input,
    pointer,
    heard,
    close() {
      clearInterval(paint)
      connection.close()
    },
  }
}

/** A complete offer, candidates inside, as Selkies makes it. */
async function completeOffer(connection: RTCPeerConnection): Promise<string> {
  await connection.setLocalDescription(await connection.createOffer())
  await until(() => connection.iceGatheringState === 'complete', 'the desktop gathers')
  return connection.localDescription?.sdp ?? ''
}

interface Pair {
  readonly desktop: Desktop
  readonly peer: ViewerPeer
  readonly events: { [E in keyof PeerEvents]: PeerEvents[E][] }
  readonly edited: string[]
}

async function connect(
  create: CreateViewerPeer,
  work: (pair: Pair) => Promise<void>,
  before: (peer: ViewerPeer) => void = () => undefined,
): Promise<void> {
  const desktop = makeDesktop()
  const edited: string[] = []
  const peer = create({
    iceServers: [],
    editAnswer(sdp) {
      edited.push(sdp)
      return sdp.replace('s=-', 's=edited')
    },
  })
  const events: Pair['events'] = { signal: [], track: [], message: [], open: [], state: [], error: [] }
  const waiting: RTCIceCandidateInit[] = []
  const tell = async (signal: ClientSignal) => {
    if (signal.type === 'answer') {
      await desktop.connection.setRemoteDescription({ type: 'answer', sdp: signal.sdp })
      for (const candidate of waiting.splice(0)) await desktop.connection.addIceCandidate(candidate)
    } else if (desktop.connection.remoteDescription === null) waiting.push(signal.candidate)
    else await desktop.connection.addIceCandidate(signal.candidate)
  }
  peer.on('signal', (signal) => {
    events.signal.push(signal)
    void tell(signal)
  })
  peer.on('track', (value) => events.track.push(value))
  peer.on('message', (value) => events.message.push(value))
  peer.on('open', (value) => events.open.push(value))
  peer.on('state', (value) => events.state.push(value))
  peer.on('error', (value) => events.error.push(value))
  try {
    before(peer)
    peer.accept({ type: 'offer', sdp: await completeOffer(desktop.connection) })
    await until(() => events.open.length > 0 && desktop.pointer.readyState === 'open', 'the channels open')
    await work({ desktop, peer, events, edited })
  } finally {
    peer.close()
    desktop.close()
  }
}

const text = (value: unknown) => (typeof value === 'string' ? value : '')

/** The contract. */
export const peerContract: readonly ContractCase[] = [
  {
    name: 'begins new, answers once, connects and opens once',
    run: (create) =>
      connect(create, async ({ events, peer }) => {
        check(events.signal.filter(({ type }) => type === 'answer').length === 1, 'one answer')
        await until(() => peer.state === 'connected', 'connected')
        check(events.state.join() === 'connecting,connected', `states: ${events.state.join()}`)
        check(events.open.length === 1, 'opened once')
        check(events.error.length === 0, 'no error')
      }),
  },
  {
    name: 'is new before the offer and sends nothing',
    run: async (create) => {
      const peer = create({ iceServers: [], editAnswer: (sdp) => sdp })
      check(peer.state === 'new', 'new')
      check(!peer.send('input', 'x') && !peer.send('pointer', 'x'), 'nothing is open')
      check(peer.bufferedAmount('input') === 0, 'nothing waits')
      peer.close()
      await until(() => peer.state === 'closed', 'closed')
    },
  },
  {
    name: 'sends the edited answer',
    run: (create) =>
      connect(create, async ({ events, edited }) => {
        const answer = events.signal.find(({ type }) => type === 'answer')
        check(edited.length === 1, 'edited once')
        check(answer?.type === 'answer' && answer.sdp.includes('s=edited'), 'the edited text is sent')
      }),
  },
  {
    name: 'tells a track with its receiver, with or without a stream',
    run: (create) =>
      connect(create, async ({ events }) => {
        await until(() => events.track.length > 0, 'a track')
        const [video] = events.track
        check(video?.track.kind === 'video', 'video')
        check(video.receiver.track === video.track, 'its receiver')
        video.receiver.jitterBufferTarget = 0
      }),
  },
  {
    name: 'carries text and bytes both ways on input, in order',
    run: (create) =>
      connect(create, async ({ desktop, peer, events }) => {
        for (let i = 0; i < 50; i++) check(peer.send('input', `kd,${i}`), 'sent')
        check(peer.send('input', Uint8Array.of(0x1f, 0x8b, 3)), 'bytes sent')
        await until(() => desktop.heard.input.length === 51, 'all heard')
        check(
          desktop.heard.input.slice(0, 50).map(text).join() === Array.from({ length: 50 }, (_, i) => `kd,${i}`).join(),
          'order',
        )
        check(desktop.heard.input[50] instanceof ArrayBuffer, 'bytes stay bytes')
        desktop.input.send('{"type":"ä"}')
        desktop.input.send(Uint8Array.of(0x1f, 0x8b, 9))
        await until(() => events.message.length === 2, 'both heard')
        const [first, second] = events.message
        check(first?.channel === 'input' && first.data === '{"type":"ä"}', 'text stays text')
        check(second?.data instanceof Uint8Array && second.data[2] === 9, 'bytes stay bytes')
      }),
  },
  {
    name: 'sends motion on pointer and hears it by its own name',
    run: (create) =>
      connect(create, async ({ desktop, peer, events }) => {
        check(peer.send('pointer', 'm,1,2,0,0,1'), 'sent')
        await until(() => desktop.heard.pointer.length === 1, 'heard on pointer')
        check(desktop.heard.input.length === 0, 'not on input')
        desktop.pointer.send('_gz,1')
        await until(() => events.message.length === 1, 'echo')
        check(events.message[0]?.channel === 'pointer', 'by name')
      }),
  },
  {
    name: 'lives on without pointer, and falls back to input',
    run: (create) =>
      connect(create, async ({ desktop, peer }) => {
        desktop.pointer.close()
        await until(() => desktop.pointer.readyState === 'closed', 'pointer closed')
        await until(() => {
          peer.send('pointer', 'm,3,4,0,0,2')
          return desktop.heard.input.length > 0
        }, 'motion on input')
        check(peer.state === 'connected', 'still connected')
      }),
  },
  {
    name: 'drops candidates that the browser refuses, before the offer and after it',
    run: (create) => {
      const refused = (peer: ViewerPeer) => {
        for (const candidate of ['candidate:1 1 udp 1 192.0.2.9 9 typ host', 'candidate:nonsense', 'x'])
          peer.accept({ type: 'candidate', candidate: { candidate, sdpMid: 'nowhere', sdpMLineIndex: 77 } })
      }
      return connect(
        create,
        async ({ desktop, peer, events }) => {
          refused(peer)
          desktop.input.send('still here')
          await until(() => events.message.length === 1, 'heard')
          check(peer.state === 'connected' && events.error.length === 0, `${peer.state}, ${events.error.join()}`)
        },
        refused,
      )
    },
  },
  {
    name: 'sends a microphone and a camera when it is given them, and nothing before and after',
    run: (create) =>
      connect(create, async ({ desktop, peer }) => {
        const [, , sound, picture] = desktop.connection.getTransceivers()
        check(
          sound?.currentDirection === 'recvonly' && picture?.currentDirection === 'recvonly',
          'both lines are ready',
        )
        const received = async (receiver: RTCRtpReceiver | undefined) =>
          [...((await receiver?.getStats())?.values() ?? [])].reduce(
            (sum: number, { type, packetsReceived }: { type: string; packetsReceived?: number }) =>
              type === 'inbound-rtp' ? sum + (packetsReceived ?? 0) : sum,
            0,
          )
        const grows = async (receiver: RTCRtpReceiver | undefined, what: string) => {
          const before = await received(receiver)
          const limit = performance.now() + PATIENCE_MS
          while ((await received(receiver)) <= before) check(performance.now() < limit, `not in time: ${what}`)
        }
        check((await received(sound.receiver)) === 0, 'silent before')
        const context = new AudioContext()
        const target = context.createMediaStreamDestination()
        const tone = context.createOscillator()
        tone.connect(target)
        tone.start()
        const canvas = document.createElement('canvas')
        const drawn = canvas.getContext('2d')
        const paint = setInterval(() => drawn?.fillRect(0, 0, performance.now() % 300, 99), 33)
        const tracks = [target.stream.getAudioTracks()[0], canvas.captureStream(30).getVideoTracks()[0]] as const
        check(tracks[0] !== undefined && tracks[1] !== undefined, 'tracks')
        check(await peer.setUplink('microphone', tracks[0]), 'the microphone is taken')
        check(await peer.setUplink('camera', tracks[1]), 'the camera is taken')
        await grows(sound.receiver, 'sound arrives')
        await grows(picture?.receiver, 'a picture arrives')
        check(await peer.setUplink('microphone', null), 'ended')
        check(await peer.setUplink('camera', null), 'ended')
        clearInterval(paint)
        await context.close()
        peer.close()
        check(!(await peer.setUplink('microphone', tracks[0])), 'a closed peer takes none')
      }),
  },
  {
    name: 'ends when input closes',
    run: (create) =>
      connect(create, async ({ desktop, peer, events }) => {
        desktop.input.close()
        await until(() => peer.state === 'closed', 'closed')
        check(events.state.filter((state) => state === 'closed').length === 1, 'told once')
        check(!peer.send('input', 'x'), 'nothing goes out any more')
      }),
  },
  {
    name: 'tells statistics with the pair in use',
    run: (create) =>
      connect(create, async ({ peer }) => {
        const report = await peer.stats()
        const types = [...report.values()].map((entry: { readonly type: string }) => entry.type)
        check(types.includes('candidate-pair') && types.includes('transport'), types.join())
      }),
  },
  {
    name: 'closes once, at once, and stays closed',
    run: (create) =>
      connect(create, async ({ peer, events, desktop }) => {
        peer.close()
        check(peer.state === 'closed', 'closed at once')
        peer.close()
        peer.accept({ type: 'offer', sdp: 'v=0' })
        await until(() => desktop.input.readyState === 'closed', 'the desktop hears of it')
        check(events.state.filter((state) => state === 'closed').length === 1, 'told once')
        check(events.error.length === 0, 'no error')
      }),
  },
  {
    name: 'tells an offer that it cannot take, and ends',
    run: async (create) => {
      const peer = create({ iceServers: [], editAnswer: (sdp) => sdp })
      const errors: Error[] = []
      peer.on('error', (error) => errors.push(error))
      peer.accept({ type: 'offer', sdp: 'this is no SDP' })
      await until(() => errors.length > 0 && peer.state === 'closed', 'error and end')
      check(errors.length === 1, 'one error')
    },
  },
  {
    name: 'lets a listener go',
    run: async (create) => {
      const peer = create({ iceServers: [], editAnswer: (sdp) => sdp })
      const states: string[] = []
      const off = peer.on('state', (state) => states.push(state))
      off()
      peer.close()
      await until(() => peer.state === 'closed', 'closed')
      await new Promise((resolve) => queueMicrotask(() => resolve(undefined)))
      check(states.length === 0, 'nothing told')
    },
  },
]
