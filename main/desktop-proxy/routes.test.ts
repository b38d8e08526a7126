import { describe, expect, it } from 'vitest'
import { matchRoute } from './routes.ts'

const desktop = { demo: false } as const
const path = (rest: string): string | undefined => matchRoute(desktop, rest)?.path

describe('routes of Selkies 2', () => {
  it.each([
    ['api/status', ['GET']],
    ['api/turn', ['GET']],
    ['api/webrtc/signaling/', ['GET']],
    ['api/ws', ['GET']],
    ['api/websockets', ['GET']],
    ['api/sessions', ['GET']],
    ['api/sessions/4f-a_1', ['DELETE']],
    ['api/switch', ['POST']],
    ['api/upload', ['POST']],
    ['api/screenshot', ['GET']],
    ['api/print/doc.pdf', ['GET']],
    ['api/files/a/b%20c.txt', ['GET', 'HEAD']],
    ['api/files/', ['GET', 'HEAD']],
  ])('leads to %s with %j', (rest, methods) => {
    const target = matchRoute(desktop, rest)
    expect(target?.path).toBe(`/${rest}`)
    expect(target?.route.methods).toEqual(methods)
  })

  it.each([
    '',
    '/',
    'index.html',
    'api',
    'api/',
    'api/tokens',
    'api/metrics',
    'api/recording',
    'api/health',
    'api/apps/metadata.yml',
    'api/status/',
    'api//status',
    '/api/status',
    'API/status',
    'api/files',
    'api/files/../tokens',
    'api/files/%2e%2e/tokens',
    'api/files/a%2fb',
    'api/files/a%5cb',
    'api/files/a\\b',
    'api/files/%00',
    'api/files/%0d%0aX:1',
    'api/files/%',
    'api/files/a//b',
    'api/files/a b',
    'api/print/',
    'api/print/a/b',
    'api/sessions/',
    'api/sessions/a/b',
    'api/sessions/a%20b',
    'demo/attach',
    'health/',
    'signalling',
    'x/signalling/',
    'webrtc/signalling/x',
  ])('leads not to %j', (rest) => {
    expect(matchRoute(desktop, rest)).toBeUndefined()
  })

  it('passes on only the query that a route knows', () => {
    expect(path('api/status?token=x')).toBe('/api/status')
    expect(path('api/websockets?role=viewer&token=x&slot=2')).toBe('/api/websockets?role=viewer&slot=2')
    expect(path('api/screenshot?display=primary%0d%0a')).toBe('/api/screenshot?display=primary%0D%0A')
  })

  it('upgrades signalling and media alone', () => {
    const upgradable = ['api/ws', 'api/websockets', 'api/webrtc/signaling', 'api/status', 'api/files/x', 'api/turn']
    expect(upgradable.filter((rest) => matchRoute(desktop, rest)?.route.socket)).toEqual([
      'api/ws',
      'api/websockets',
      'api/webrtc/signaling',
    ])
  })
})

describe('other desktops', () => {
  it('knows the routes of Selkies 1.6, whatever the template says: the viewer asks what it is', () => {
    const known = ['turn', 'health', 'webrtc/signalling/', 'ws', 'webrtc/signalling', 'metrics']
    expect(known.filter((rest) => matchRoute(desktop, rest) !== undefined)).toEqual([
      'turn',
      'health',
      'webrtc/signalling/',
    ])
    expect(matchRoute(desktop, 'webrtc/signalling/')?.route.socket).toBe(true)
    expect(matchRoute(desktop, 'turn')?.route.socket).toBe(false)
  })

  it('lets a demo desktop be attached', () => {
    expect(matchRoute({ demo: true }, 'demo/attach')?.route.socket).toBe(true)
  })
})

it('has no media socket where media over WebSocket is forbidden', () => {
  for (const rest of ['api/websockets', 'api/websockets/']) {
    expect(matchRoute(desktop, rest)).toBeDefined()
    expect(matchRoute({ ...desktop, noSocketMedia: true }, rest)).toBeUndefined()
  }
  expect(matchRoute({ ...desktop, noSocketMedia: true }, 'api/webrtc/signaling/')).toBeDefined()
})
