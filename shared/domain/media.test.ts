// Ways for media: how a relay is reached, and what is remembered of a person's choices.
import { expect, it } from 'vitest'
import { PATH_CHOICES_KEPT, relayTransport, withPathChoice, type PathChoice } from './media.ts'

it.each([
  ['turn:192.0.2.9', 'udp'],
  ['turn:192.0.2.9:3478?transport=udp', 'udp'],
  ['turn:[2001:db8::1]:3478?transport=tcp', 'tcp'],
  ['turns:turn.example.org:5349', 'tls'],
  ['turns:turn.example.org:443?transport=tcp', 'tls'],
  ['turns:turn.example.org:5349?transport=udp', null],
  ['TURN:turn.example.org?transport=TCP', 'tcp'],
  ['stun:192.0.2.9:3478', null],
  ['https://192.0.2.9', null],
  ['turn:', null],
])('%s is reached by %s', (url, transport) => {
  expect(relayTransport(url)).toBe(transport)
})

it('remembers a choice by cluster, forgets the best, and holds a bounded number', () => {
  expect(withPathChoice({}, 'a', 'node')).toEqual({ a: 'node' })
  expect(withPathChoice({ a: 'node', b: 'tunnel' }, 'a', 'auto')).toEqual({ b: 'tunnel' })
  let choices: Readonly<Record<string, PathChoice>> = {}
  for (let i = 0; i < PATH_CHOICES_KEPT + 5; i++) choices = withPathChoice(choices, `c${i}`, 'node')
  expect(Object.keys(choices)).toHaveLength(PATH_CHOICES_KEPT)
  expect(choices['c0']).toBeUndefined()
})
