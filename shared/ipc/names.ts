// The names of the contract, without its schemas: all that the preload bridge needs.

export const CALL_NAMES = [
  'app.info',
  'app.log',
  'clusters.refresh',
  'clusters.select',
  'clusters.addText',
  'clusters.pickFile',
  'clusters.remove',
  'clusters.setNamespace',
  'clusters.trustPlugin',
  'sessions.start',
  'sessions.cancel',
  'sessions.startWithoutGpu',
  'sessions.stop',
  'sessions.resume',
  'sessions.remove',
  'sessions.keepRunning',
  'sessions.open',
  'sessions.closeDoor',
  'sessions.firstFrame',
  'sessions.setThumbnail',
  'papers.take',
  'papers.act',
  'inventory.stop',
  'settings.set',
  'settings.setLayout',
  'windows.openViewer',
  'windows.grabKeys',
  'windows.moveTo',
] as const
export type CallName = (typeof CALL_NAMES)[number]

export const TOPIC_NAMES = ['clusters', 'library', 'sessions', 'pictures', 'wishes', 'inventory', 'settings'] as const
export type TopicName = (typeof TOPIC_NAMES)[number]

/** Electron's channels: one for calls, and topics by subscription. Source: this file is the protocol. */
export const CHANNEL = {
  call: 'kasm:call',
  subscribe: 'kasm:subscribe',
  unsubscribe: 'kasm:unsubscribe',
  topic: 'kasm:topic',
} as const
