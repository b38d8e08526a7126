// What a Selkies 2.1 server says, as text of both modes: for the demo's desktop and for tests.
import type { CaptureKind, ClipboardPart, CursorView, ServerMessage } from './server-messages.ts'

type Fields = Readonly<Record<string, unknown>>

/** Says a message as the data channel does (the demo's desktop). `unknown` is said verbatim. */
export function formatRtcMessage(message: ServerMessage): string {
  const say = (type: string, data: unknown) => JSON.stringify({ type, data })
  const action = (words: string) => say('system', { action: words })
  switch (message.type) {
    case 'server-settings':
      return say('server_settings', { settings: message.settings })
    case 'display-config':
      return say('display_config_update', configFields(message))
    case 'resolution':
      return action(`resolution,${message.width}x${message.height}`)
    case 'cursor':
      return say('cursor', cursorFields(message.cursor))
    case 'auth':
      return action(`auth_success,${JSON.stringify({ role: message.role, slot: message.slot })}`)
    case 'clipboard':
      return formatClip(message.part, say)
    case 'stream-info':
      return say('stream_info', message.info)
    case 'stream-stats':
      return say('stream_stats', message.stats)
    case 'video-declined':
      return action(`video_declined,${message.mime}`)
    case 'rumble':
      return action(rumbleAction(message))
    case 'capture-demand':
      return action(`capture_demand,${captureWord(message.what)},${message.wanted ? 1 : 0}`)
    case 'connection':
      return say('connection', { poor: message.poor })
    case 'rate':
      return say('cc_rate', { kbps: message.kbps })
    case 'latency':
      return say('latency_measurement', { latency_ms: message.ms })
    case 'printed':
      return say('print_document', { name: message.name, size_bytes: message.bytes })
    case 'ping':
      return say('ping', { start_time: Number(message.data) })
    case 'gzip':
      return '_gz,1'
    case 'mode':
    case 'pipeline-reset':
    case 'owner':
    case 'capture-refused':
    case 'camera-key-frame':
      // these exist in WebSocket mode alone
      return say(message.type, {})
    case 'kill':
      return say('kill', { reason: message.reason })
    case 'media-state':
      return message.word
    case 'unknown':
      return message.text
  }
}

/** Says a message as the media WebSocket does. What has no text there is said as JSON. */
export function formatWsText(message: ServerMessage): string {
  switch (message.type) {
    case 'mode':
      return 'MODE websockets'
    case 'server-settings':
      return JSON.stringify({ type: 'server_settings', settings: message.settings })
    case 'display-config':
      return `DISPLAY_CONFIG_UPDATE,${JSON.stringify({ type: 'display_config_update', ...configFields(message) })}`
    case 'resolution':
      return JSON.stringify({
        type: 'stream_resolution',
        width: message.width,
        height: message.height,
        displayId: 'primary',
      })
    case 'cursor':
      return `cursor,${JSON.stringify(cursorFields(message.cursor))}`
    case 'auth':
      return `AUTH_SUCCESS,${JSON.stringify({ role: message.role, slot: message.slot })}`
    case 'stream-info':
      return JSON.stringify({ type: 'stream_info', displayId: 'primary', info: message.info })
    case 'stream-stats':
      return JSON.stringify({ type: 'stream_stats', displayId: 'primary', stats: message.stats })
    case 'capture-demand':
      return `CAPTURE_DEMAND ${captureWord(message.what)} ${message.wanted ? 1 : 0}`
    case 'capture-refused':
      return `${captureWord(message.what).toUpperCase()}_DISABLED`
    case 'camera-key-frame':
      return 'WEBCAM_KEYFRAME'
    case 'connection':
      return `CONNECTION ${message.poor ? 'poor' : 'ok'}`
    case 'rate':
      return `CC_RATE ${message.kbps}`
    case 'printed':
      return JSON.stringify({ type: 'print_document', name: message.name, size_bytes: message.bytes })
    case 'pipeline-reset':
      return `PIPELINE_RESETTING ${message.display}`
    case 'owner':
      return `DISPLAY_OWNER ${message.display}`
    case 'kill':
      return `KILL ${message.reason}`
    case 'media-state':
      return message.word
    case 'rumble':
      return `system,${JSON.stringify({ action: rumbleAction(message) })}`
    case 'video-declined':
      return `system,${JSON.stringify({ action: `video_declined,${message.mime}` })}`
    case 'clipboard':
      return formatWsClip(message.part)
    case 'latency':
    case 'ping':
    case 'gzip':
      return '_gz,1'
    case 'unknown':
      return message.text
  }
}

function configFields(message: ServerMessage & { type: 'display-config' }): Fields {
  const { size, fingerScroll } = message
  return {
    displays: ['primary'],
    wayland: false,
    finger_scroll: fingerScroll,
    ...(size === null ? {} : { layouts: { primary: { x: 0, y: 0, w: size.width, h: size.height } } }),
  }
}

function cursorFields(cursor: CursorView): Fields {
  const { png, width, height, hotX, hotY, handle } = cursor
  return { curdata: png, width, height, hotx: hotX, hoty: hotY, handle }
}

function formatClip(part: ClipboardPart, say: (type: string, data: unknown) => string): string {
  const tagged = (tag: { readonly reply: boolean; readonly secret: boolean }) => ({
    ...(tag.reply ? { reply_to: 'cr' } : {}),
    ...(tag.secret ? { secret: true } : {}),
  })
  switch (part.kind) {
    case 'whole':
      return say('clipboard-msg', {
        content: part.base64,
        mime_type: part.mime,
        is_binary_data: part.mime !== 'text/plain',
        total_size: Math.floor((part.base64.length * 3) / 4),
        ...tagged(part),
      })
    case 'start':
      return say('clipboard-msg-start', {
        mime_type: part.mime,
        is_binary_data: part.mime !== 'text/plain',
        total_size: part.total,
        ...tagged(part),
      })
    case 'data':
      return say('clipboard-msg-data', { content: part.base64 })
    case 'end':
      return say('clipboard-msg-end', {})
    case 'mark':
      // WebRTC mode carries marks inside the messages that they belong to
      return say('clipboard-mark', {})
  }
}

function formatWsClip(part: ClipboardPart): string {
  switch (part.kind) {
    case 'whole':
      return part.mime === 'text/plain' ? `clipboard,${part.base64}` : `clipboard_binary,${part.mime},${part.base64}`
    case 'start':
      return `clipboard_start,${part.mime},${part.total}`
    case 'data':
      return `clipboard_data,${part.base64}`
    case 'end':
      return 'clipboard_finish'
    case 'mark':
      return part.mark === 'reply' ? 'clipboard_reply,cr' : 'clipboard_secret'
  }
}

function captureWord(what: CaptureKind): string {
  return what === 'camera' ? 'webcam' : what
}

function rumbleAction(message: ServerMessage & { type: 'rumble' }): string {
  const { slot, strong, weak, durationMs } = message
  return `rumble,${slot},${strong.toFixed(3)},${weak.toFixed(3)},${durationMs}`
}
