// The poller: each desktop in its turn, spread over the interval; silence is never "nobody there".
import { describe, expect, it } from 'vitest'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createFakeTimers, settled } from '../kube/testing/fake-timers.ts'
import type { KubeObject } from '../kube/types.ts'
import { templateSpecSchema } from '../shared/domain/template.ts'
import { ANNOTATION, LABEL } from '../shared/product.ts'
import { createActivity, type Activity, type ActivityDeps } from './activity.ts'
import { createFixedReflector } from './testing/fixed-reflector.ts'

const TEMPLATE = { displayName: 'Office', image: 'registry.test/office:1' }

function pod(name: string, { ready = true, ip = '10.0.0.1', uid = `uid-${name}` } = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'team', uid, labels: { [LABEL.session]: name } },
    status: { podIP: ip, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  }
}
function secret(name: string, streaming: Readonly<Record<string, unknown>> = {}): KubeObject {
  const spec = templateSpecSchema.parse({ ...TEMPLATE, streaming })
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: `${name}-access`,
      namespace: 'team',
      annotations: { [ANNOTATION.template]: JSON.stringify(spec), [ANNOTATION.templateHash]: 'h' },
    },
    data: { password: btoa('secret-word') },
  }
}

function poller(names: readonly string[], ask: ActivityDeps['ask'], seconds = 10) {
  const timers = createFakeTimers()
  const stores = {
    pods: createFixedReflector(names.map((name) => pod(name))),
    secrets: createFixedReflector(names.map((name) => secret(name))),
  }
  const news: string[] = []
  const activity: Activity = createActivity({ stores, timers, seconds, ask, onNews: (key) => news.push(key) })
  return { timers, stores, news, activity }
}

describe('the poller', () => {
  it('asks every ready desktop once an interval, a part of them each second', async () => {
    const asked: string[] = []
    const names = Array.from({ length: 20 }, (_, index) => `d${index}`)
    const { timers, activity } = poller(names, async ({ session }) => {
      asked.push(session)
      return 0
    })
    activity.start()
    await settled()
    expect(asked).toHaveLength(2)
    await timers.advance(9000)
    expect(asked.toSorted()).toEqual(names.toSorted())
    await timers.advance(10_000)
    expect(asked).toHaveLength(40)
    activity.stop()
    await timers.advance(60_000)
    expect(asked).toHaveLength(40)
  })

  it('tells of who comes, stays and goes, and not of those who stay away', async () => {
    let clients = 0
    const { timers, news, activity } = poller(['one'], () => Promise.resolve(clients))
    activity.start()
    await timers.advance(0)
    expect(activity.of('team', 'one')).toEqual({ clients: 0, at: timers.now() })
    await timers.advance(30_000)
    expect(news).toEqual(['session/team/one'])
    clients = 2
    await timers.advance(20_000)
    expect(news).toHaveLength(3)
    clients = 0
    await timers.advance(10_000)
    expect(news).toHaveLength(4)
    await timers.advance(60_000)
    expect(news).toHaveLength(4)
  })

  it('keeps what a desktop said last while it is silent, and asks it more and more rarely', async () => {
    let works = true
    let questions = 0
    const { timers, activity } = poller(['one'], () => {
      questions += 1
      return works ? Promise.resolve(1) : Promise.reject(new Error('silent'))
    })
    activity.start()
    await timers.advance(0)
    const said = activity.of('team', 'one')
    works = false
    await timers.advance(200_000)
    expect(activity.of('team', 'one')).toEqual(said)
    expect(questions).toBeLessThan(8)
    works = true
    await timers.advance(400_000)
    expect(activity.of('team', 'one')?.at).toBeGreaterThan(said?.at ?? 0)
  })

  it('leaves out desktops that are not ready, end, or have an older server', async () => {
    const asked: string[] = []
    const { timers, stores, activity } = poller([], async ({ session }) => {
      asked.push(session)
      return 0
    })
    stores.pods.put(pod('starting', { ready: false }))
    stores.pods.put(pod('old'))
    stores.pods.put(pod('good'))
    const ending = pod('ending')
    stores.pods.put({ ...ending, metadata: { ...ending.metadata, deletionTimestamp: '2026-11-24T00:00:00Z' } })
    for (const name of ['starting', 'good', 'ending']) stores.secrets.put(secret(name))
    stores.secrets.put(secret('old', { generation: 'selkies1', transport: 'webrtc' }))
    activity.start()
    await timers.advance(20_000)
    expect(new Set(asked)).toEqual(new Set(['good']))
  })

  it('forgets what an earlier pod said once that one is gone', async () => {
    const { timers, stores, activity } = poller(['one'], () => Promise.resolve(3))
    activity.start()
    await timers.advance(0)
    stores.pods.remove('one', 'team')
    await timers.advance(10_000)
    expect(activity.of('team', 'one')).toBeUndefined()
  })

  it('counts the clients in the server’s own list, with the desktop’s login', async () => {
    const seen: (string | undefined)[] = []
    const answers = ['{"sessions":[{"id":"a"},{"id":"b"}]}', `"${'x'.repeat(100_000)}"`, 'no json']
    const server = createServer((request, response) => {
      seen.push(request.url, request.headers.authorization)
      response.end(answers.shift() ?? '')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const told: string[] = []
    const timers = createFakeTimers()
    const activity = createActivity({
      stores: {
        pods: createFixedReflector([pod('one', { ip: '127.0.0.1' })]),
        secrets: createFixedReflector([secret('one', { port })]),
      },
      timers,
      seconds: 1,
      onNews: (key) => told.push(key),
    })
    activity.start()
    await expect.poll(() => activity.of('team', 'one')?.clients).toBe(2)
    expect(seen).toEqual(['/api/sessions', `Basic ${btoa('desktop:secret-word')}`])
    // an answer that is too long, or none of its kind, changes nothing
    const { at } = activity.of('team', 'one') ?? {}
    await timers.advance(1000)
    await expect.poll(() => answers.length).toBe(1)
    await expect
      .poll(async () => {
        await timers.advance(1000)
        return answers.length
      })
      .toBe(0)
    expect(activity.of('team', 'one')).toEqual({ clients: 2, at })
    activity.stop()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })
})
