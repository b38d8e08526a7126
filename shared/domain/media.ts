// The ways on which a desktop's picture may come, which of them a person may choose, and which of them an admin may forbid. Pure.
import * as z from 'zod/mini'

/** How a relay is reached. The relay itself always reaches the desktop by UDP. */
export type RelayTransport = 'udp' | 'tcp' | 'tls'

/** Ways that are ICE candidates, the best first: each costs more delay, or somebody more work, than the one before it. */
export const ICE_PATHS = ['direct', 'node', 'relay-udp', 'relay-tcp', 'relay-tls', 'tunnel'] as const
export type IcePath = (typeof ICE_PATHS)[number]

/** What an admin may forbid. `tunnel` and `websocket` go through the API server. */
export const FORBIDDEN_PATHS = ['direct', 'node', 'relay', 'tunnel', 'websocket'] as const
export const forbiddenPathSchema = z.enum(FORBIDDEN_PATHS)
export type ForbiddenPath = z.infer<typeof forbiddenPathSchema>

/** What a person has chosen for a cluster: the best, or this way and no other. */
export const PATH_CHOICES = ['auto', ...ICE_PATHS, 'websocket'] as const
export const pathChoiceSchema = z.enum(PATH_CHOICES)
export type PathChoice = z.infer<typeof pathChoiceSchema>

/** Clusters whose choice is remembered. */
export const PATH_CHOICES_KEPT = 64

/** How a relay's address is reached. Source: RFC 7065. @returns null for what no browser speaks (DTLS, STUN alone) */
export function relayTransport(url: string): RelayTransport | null {
  const match = /^(turns?):[^?]+(?:\?transport=(udp|tcp))?$/i.exec(url.trim())
  if (match === null) return null
  const secure = match[1]?.toLowerCase() === 'turns'
  const transport = match[2]?.toLowerCase() ?? (secure ? 'tcp' : 'udp')
  if (secure) return transport === 'tcp' ? 'tls' : null
  return transport === 'tcp' ? 'tcp' : 'udp'
}

/** The choices with one changed; `auto` needs no entry, and the oldest is forgotten beyond what is kept. */
export function withPathChoice(
  choices: Readonly<Record<string, PathChoice>>,
  clusterId: string,
  choice: PathChoice,
): Readonly<Record<string, PathChoice>> {
  const others = Object.entries(choices).filter(([id]) => id !== clusterId)
  const next = choice === 'auto' ? others : [...others, [clusterId, choice] as const]
  return Object.fromEntries(next.slice(-PATH_CHOICES_KEPT))
}
