// Names of tabs over a store and locks of the test's own: reloaded, duplicated, joined.
import { expect, it } from 'vitest'
import { createTabName } from './tab-name.ts'

/** Locks of one browser. */
function browser() {
  const held = new Set<string>()
  const request = async (name: string, _: LockOptions, run: (lock: Lock | null) => unknown): Promise<unknown> => {
    if (held.has(name)) return run(null)
    held.add(name)
    try {
      return await run({ name, mode: 'exclusive' })
    } finally {
      held.delete(name)
    }
  }
  return { held, locks: { request } as unknown as LockManager }
}
function tab(kept: Readonly<Record<string, string>> = {}) {
  const items = new Map(Object.entries(kept))
  return {
    items,
    storage: {
      getItem: (key: string) => items.get(key) ?? null,
      setItem: (key: string, value: string) => void items.set(key, value),
    },
  }
}

it('keeps its name over a reload', async () => {
  const { locks, held } = browser()
  const { storage } = tab()
  const first = createTabName('primary', storage, locks)
  await first.settled()
  first.dispose()
  await expect.poll(() => held.size).toBe(0)
  const again = createTabName('primary', storage, locks)
  await again.settled()
  expect(again.id).toBe(first.id)
})

it('takes another name where a page that lives has it', async () => {
  const { locks } = browser()
  const { storage, items } = tab()
  const first = createTabName('primary', storage, locks)
  await first.settled()
  const copy = tab(Object.fromEntries(items))
  const second = createTabName('primary', copy.storage, locks)
  await second.settled()
  expect(second.id).not.toBe(first.id)
  expect(copy.items.get('viewer-tab')).toBe(second.id)
  // what the second one became is its own too
  const third = createTabName('primary', tab(Object.fromEntries(copy.items)).storage, locks)
  await third.settled()
  expect(new Set([first.id, second.id, third.id]).size).toBe(3)
})

it('has a name for each display', async () => {
  const { locks } = browser()
  const { storage } = tab()
  const [one, two] = [createTabName('primary', storage, locks), createTabName('display2', storage, locks)]
  await Promise.all([one.settled(), two.settled()])
  expect(one.id).not.toBe(two.id)
})

it('remembers whom it became, and does without locks', async () => {
  const { storage } = tab()
  const name = createTabName('primary', storage, null)
  await name.settled()
  name.become('joined')
  expect(createTabName('primary', storage, null).id).toBe('joined')
})
