// Which ways a person wants: the address before the choice, the choice before the setting of all desktops.
import { expect, it } from 'vitest'
import { DEFAULT_SETTINGS, type Settings } from '../../../shared/domain/settings.ts'
import type { Door } from '../../../shared/domain/session.ts'
import { clusterOf, createPathChoice, wayStates } from './path-choice.ts'
import { ICE_PATHS, readPathsQuery } from './transport/paths.ts'

const sessionId = 'file:a/b#ctx/team/desk'
const chooser = (over: Partial<Settings>, query = '', forceWebSocket = false) =>
  createPathChoice({ sessionId, paths: readPathsQuery(query), forceWebSocket }, () => ({
    ...DEFAULT_SETTINGS,
    ...over,
  }))
const chosen = { paths: { 'file:a/b#ctx': 'relay-tls' } } as const

it('takes the best by default', () => {
  const choice = chooser({})
  expect(choice.paths()).toEqual(new Set(ICE_PATHS))
  expect([choice.transport(), choice.mayWebSocket(), choice.forced()]).toEqual(['auto', true, false])
  expect(chooser({ transport: 'websocket' }).transport()).toBe('websocket')
})

it('takes what was chosen for the cluster, alone', () => {
  const choice = chooser({ ...chosen, transport: 'websocket' })
  expect(choice.paths()).toEqual(new Set(['relay-tls']))
  expect([choice.transport(), choice.mayWebSocket(), choice.forced()]).toEqual(['auto', false, true])
  const socket = chooser({ paths: { 'file:a/b#ctx': 'websocket' } })
  expect([socket.transport(), socket.mayWebSocket()]).toEqual(['websocket', true])
  expect(chooser({ paths: { other: 'node' } }).forced()).toBe(false)
})

it('does as the address says, whatever was chosen', () => {
  const choice = chooser(chosen, 'node')
  expect(choice.paths()).toEqual(new Set(['node']))
  expect([choice.mayWebSocket(), choice.forced()]).toEqual([true, true])
  expect(chooser(chosen, '', true).transport()).toBe('websocket')
})

it('remembers by cluster, and says when that changes something', () => {
  expect(clusterOf(sessionId)).toBe('file:a/b#ctx')
  const choice = chooser({})
  expect(choice.remember('node')).toEqual({ paths: { 'file:a/b#ctx': 'node' } })
  expect(choice.changed(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, paths: { other: 'node' } })).toBe(false)
  expect(choice.changed(DEFAULT_SETTINGS, { ...DEFAULT_SETTINGS, ...chosen })).toBe(true)
})

it('knows what may be chosen', () => {
  const door = {
    candidates: [{ path: 'node', protocol: 'udp', host: '192.0.2.1', port: 1 }],
    iceServers: [{ urls: ['turns:r'] }],
    forbidden: ['relay', 'websocket'],
    transport: 'dual',
  } as unknown as Door
  expect(wayStates(door).map(({ way, state }) => `${way} ${state}`)).toEqual([
    'direct there',
    'node there',
    'relay-udp forbidden',
    'relay-tcp forbidden',
    'relay-tls forbidden',
    'tunnel absent',
    'websocket forbidden',
  ])
})
