// A reflector that is told of own writes, each against a list and a watch that lag behind as the test says.
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createReflector } from './reflector.ts'
import { createFakeTimers, settled, type FakeTimers } from './testing/fake-timers.ts'
import { ApiError, POD, type KubeClient, type KubeObject, type Reflector, type WatchEvent } from './types.ts'

const pod = (name: string, version: number, uid = name, namespace = 'team'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, namespace, uid, resourceVersion: String(version) },
})

let timers: FakeTimers
let reflector: Reflector
/** The answer of the next list; a promise lets the test choose when it comes. */
let listing: { items: readonly KubeObject[]; resourceVersion: string } | Promise<never>
let answerList: ((answer: { items: readonly KubeObject[]; resourceVersion: string }) => void) | undefined
let send: (event: WatchEvent) => Promise<void>
let fail: (error: unknown) => Promise<void>
/** What listeners were told: uid and version before and after. */
let told: string[]

const tell = (object: KubeObject | undefined): string =>
  object ? `${object.metadata.uid}@${object.metadata.resourceVersion}` : '-'
const known = (): readonly string[] => reflector.items.map(tell)
const event = (type: 'ADDED' | 'MODIFIED' | 'DELETED', object: KubeObject) => send({ type, object })
const passed = (version: number) => send({ type: 'BOOKMARK', object: pod('', version) })

beforeEach(() => {
  timers = createFakeTimers()
  told = []
  listing = { items: [], resourceVersion: '100' }
  answerList = undefined
})
afterEach(() => reflector.stop())

/** Starts, and waits for the list. */
async function start(...items: readonly KubeObject[]): Promise<void> {
  listing = { items, resourceVersion: '100' }
  reflector = createReflector(scriptedClient(), POD, { timers, random: () => 0.5 })
  reflector.onObject((before, after) => told.push(`${tell(before)} ${tell(after)}`))
  await reflector.synced
  await settled()
  told.length = 0
}
/** Breaks the watch as a 410 does; the list that follows is answered by the test. */
async function relist(): Promise<void> {
  listing = new Promise<never>(() => undefined)
  await fail(new ApiError(410, 'Expired', 'too old'))
  await timers.advance(60_000)
}
async function listed(version: number, ...items: readonly KubeObject[]): Promise<void> {
  answerList?.({ items, resourceVersion: String(version) })
  await settled()
}

describe('listeners', () => {
  it('hear of each object that comes, changes and goes', async () => {
    await start(pod('a', 50))
    await event('ADDED', pod('b', 101))
    await event('MODIFIED', pod('a', 102))
    await event('DELETED', pod('b', 103))
    expect(told).toEqual(['- b@101', 'a@50 a@102', 'b@101 -'])
  })

  it('hear of the first list', async () => {
    listing = { items: [pod('a', 50)], resourceVersion: '100' }
    reflector = createReflector(scriptedClient(), POD, { timers })
    reflector.onObject((before, after) => told.push(`${tell(before)} ${tell(after)}`))
    await reflector.synced
    expect(told).toEqual(['- a@50'])
  })

  it('hear what a new list has changed, and only that', async () => {
    await start(pod('gone', 40), pod('same', 50), pod('changed', 60))
    await relist()
    await listed(200, pod('same', 50), pod('changed', 160), pod('new', 170))
    expect(told).toEqual(['gone@40 -', 'changed@60 changed@160', '- new@170'])
  })

  it('hear of another object of the same name', async () => {
    await start(pod('a', 50, 'first'))
    await relist()
    await listed(200, pod('a', 150, 'second'))
    expect(told).toEqual(['first@50 second@150'])
  })

  it('hear nothing more once they have left', async () => {
    await start()
    const leave = reflector.onObject(() => told.push('told'))
    leave()
    await event('ADDED', pod('a', 101))
    expect(told).toEqual(['- a@101'])
  })
})

describe('get', () => {
  it('finds by name and namespace', async () => {
    await start(pod('a', 50, 'mine'), pod('a', 51, 'theirs', 'other'))
    expect(tell(reflector.get('a', 'team'))).toBe('mine@50')
    expect(tell(reflector.get('a', 'other'))).toBe('theirs@51')
    expect(reflector.get('a')).toBeUndefined()
  })

  it('finds what has no namespace', async () => {
    const { namespace: _namespace, ...metadata } = pod('n', 50).metadata
    await start({ ...pod('n', 50), metadata })
    expect(tell(reflector.get('n'))).toBe('n@50')
  })
})

describe('an own write', () => {
  it('is seen before its event, which then says nothing new', async () => {
    await start()
    reflector.wrote(pod('a', 110))
    expect(known()).toEqual(['a@110'])
    await event('ADDED', pod('a', 110))
    expect(told).toEqual(['- a@110'])
  })

  it('tells those who listen for any change', async () => {
    await start()
    let changes = 0
    reflector.onChange(() => (changes += 1))
    reflector.wrote(pod('a', 110))
    expect(changes).toBe(1)
  })

  it('is not undone by older events that come late', async () => {
    await start(pod('a', 50))
    reflector.wrote(pod('a', 110))
    await event('MODIFIED', pod('a', 105))
    expect(known()).toEqual(['a@110'])
    await event('MODIFIED', pod('a', 111))
    expect(told).toEqual(['a@50 a@110', 'a@110 a@111'])
  })

  it('does not undo what is newer', async () => {
    await start()
    await event('ADDED', pod('a', 120))
    reflector.wrote(pod('a', 110))
    expect(known()).toEqual(['a@120'])
  })

  it('does not bring back what has been deleted since', async () => {
    await start()
    await event('ADDED', pod('a', 110))
    await event('DELETED', pod('a', 111))
    reflector.wrote(pod('a', 110))
    expect(known()).toEqual([])
  })

  it('does not bring back what the watch has passed without it', async () => {
    await start()
    await passed(150)
    reflector.wrote(pod('a', 110))
    expect(known()).toEqual([])
    reflector.wrote(pod('b', 151))
    expect(known()).toEqual(['b@151'])
  })

  it('outlives the late deletion of the object before it', async () => {
    await start(pod('a', 50, 'first'))
    reflector.wrote(pod('a', 112, 'second'))
    await event('DELETED', pod('a', 111, 'first'))
    expect(known()).toEqual(['second@112'])
    await event('ADDED', pod('a', 112, 'second'))
    await event('DELETED', pod('a', 113, 'second'))
    expect(known()).toEqual([])
  })

  it('outlives a list that was made before it', async () => {
    await start(pod('a', 50))
    await relist()
    reflector.wrote(pod('a', 210))
    reflector.wrote(pod('b', 211))
    await listed(200, pod('a', 50))
    expect(known()).toEqual(['a@210', 'b@211'])
    // and its events come by the watch from there
    await event('MODIFIED', pod('a', 210))
    await event('ADDED', pod('b', 211))
    await event('DELETED', pod('b', 212))
    expect(known()).toEqual(['a@210'])
  })

  it('does not outlive a list that was made after it and does not have it', async () => {
    await start()
    reflector.wrote(pod('a', 110))
    await relist()
    await listed(200)
    expect(known()).toEqual([])
    expect(told).toEqual(['- a@110', 'a@110 -'])
  })

  it('before the first list counts, too', async () => {
    listing = new Promise<never>(() => undefined)
    reflector = createReflector(scriptedClient(), POD, { timers })
    await settled()
    reflector.wrote(pod('a', 110))
    await listed(100)
    expect(known()).toEqual(['a@110'])
  })

  it('keeps of the object only what is kept', async () => {
    listing = { items: [], resourceVersion: '100' }
    const keep = (object: KubeObject): KubeObject => ({ ...object, spec: undefined })
    reflector = createReflector(scriptedClient(), POD, { timers, keep })
    await reflector.synced
    reflector.wrote({ ...pod('a', 110), spec: { containers: [] } })
    expect(reflector.get('a', 'team')?.['spec']).toBeUndefined()
  })

  it('is nothing to a reflector that has stopped', async () => {
    await start()
    reflector.stop()
    reflector.wrote(pod('a', 110))
    expect(known()).toEqual([])
  })
})

it('takes a list as it is although its versions are older: the cluster came back from a backup', async () => {
  await start()
  await event('ADDED', pod('a', 5000))
  await event('ADDED', pod('b', 5001))
  await relist()
  await listed(200, pod('a', 150))
  expect(known()).toEqual(['a@150'])
  await event('MODIFIED', pod('a', 201))
  expect(known()).toEqual(['a@201'])
})

/** Lists and watches as the test says; nothing else is asked of it. */
function scriptedClient(): KubeClient {
  const client: Pick<KubeClient, 'server' | 'list' | 'watch'> = {
    server: 'https://cluster',
    list: () => {
      const later = new Promise<{ items: readonly KubeObject[]; resourceVersion: string }>((resolve) => {
        answerList = resolve
      })
      return listing instanceof Promise ? later : Promise.resolve(listing)
    },
    watch: async function* (_resource, { onOpen, signal }) {
      onOpen?.()
      const queue: (WatchEvent | { readonly error: unknown })[] = []
      let wake = (): void => undefined
      signal?.addEventListener('abort', () => wake())
      const push = async (item: WatchEvent | { readonly error: unknown }): Promise<void> => {
        queue.push(item)
        wake()
        await settled()
      }
      send = push
      fail = (error) => push({ error })
      for (;;) {
        const item = queue.shift()
        if (signal?.aborted) return
        if (item === undefined) await new Promise<void>((resolve) => (wake = resolve))
        else if ('error' in item) throw item.error
        else yield item
      }
    },
  }
  return client as KubeClient
}
