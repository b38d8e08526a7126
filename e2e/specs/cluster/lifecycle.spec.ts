// A desktop's life through the page: started, worked in, stopped, found again, removed; and what comes from outside in between.
import type { Page } from '@playwright/test'
import { tryRun } from '../../cluster/process.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { desktopOf, eventually } from '../../drivers/desktop.ts'
import {
  clickStart,
  kindsOf,
  objectsOf,
  opensByItself,
  session,
  shownStages,
  stage,
  takeCluster,
  watchStages,
  writeTemplate,
} from '../../drivers/library.ts'
import { startLocalRegistry } from '../../drivers/local-registry.ts'
import { connected } from '../../drivers/viewer.ts'
import { openCoreClient } from '../../drivers/core-client.ts'
import { DEFAULT_DESKTOP_IMAGE } from '../../../shared/product.ts'
import { STAGES, type Stage } from '../../../shared/domain/session.ts'
import type { TestCluster } from '../../cluster/index.ts'

const DESKTOP = 'Light desktop'

/** The stages of the only running session, once its first picture was seen. */
async function finalStages(page: Page, origin: string): Promise<readonly Stage[]> {
  const core = await openCoreClient(page.context(), origin)
  try {
    return await core.wait('sessions', ({ sessions }) => {
      const stages = sessions.find(({ phase }) => phase === 'running')?.stages
      return stages?.at(-1)?.state === 'done' ? stages : undefined
    })
  } finally {
    core.close()
  }
}

/** Every stage in its order, each of the needed ones with a time that follows the one before it. */
function expectStages(stages: readonly Stage[], skipped: readonly string[]): void {
  expect(stages.map(({ name }) => name)).toEqual([...STAGES])
  let last = 0
  for (const { name, state, startedAt = 0, endedAt = 0 } of stages) {
    expect(state, name).toBe(skipped.includes(name) ? 'skipped' : 'done')
    if (state === 'skipped') continue
    expect(endedAt, name).toBeGreaterThanOrEqual(startedAt)
    expect(startedAt, name).toBeGreaterThan(0)
    // a home may be bound before the pod is told of its place
    if (name !== 'home') expect(endedAt, name).toBeGreaterThanOrEqual(last)
    last = Math.max(last, endedAt)
  }
}

/** What the page showed while it started: each needed stage in its order and with its time, the others as skipped. */
async function expectShown(page: Page, done: readonly string[], skipped: readonly string[]): Promise<void> {
  const seen = await shownStages(page)
  const finished = [...new Set(seen.filter(({ state }) => state === 'done').map(({ name }) => name))]
  const order = finished.filter((name) => name !== 'home')
  expect(order).toEqual(STAGES.filter((name) => order.includes(name)))
  for (const name of done) expect(finished, name).toContain(name)
  for (const { name, state, time } of seen) {
    if (state === 'done') expect(time, name).toMatch(/^\d+(\.\d)? s$/)
    if (state === 'skipped') expect(time, name).toBe('skipped')
  }
  for (const name of skipped) {
    expect(finished).not.toContain(name)
    expect(
      seen.some((shown) => shown.name === name && shown.state === 'skipped'),
      name,
    ).toBe(true)
  }
}

async function onlyPod(cluster: TestCluster, namespace: string): Promise<string> {
  return cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[0].metadata.name}'])
}

test('started, worked in, stopped with its home kept, started again, removed with and without the home', async ({
  app,
  cluster,
  namespace,
}) => {
  // three starts and two removals, each waited for
  test.setTimeout(300_000)
  const { page } = app
  const origin = app.host?.origin ?? ''
  await takeCluster(page)
  const before = await objectsOf(cluster, namespace, '')
  let viewer: Page

  await test.step('a new home', async () => {
    await watchStages(page)
    viewer = await opensByItself(page, () => clickStart(page, DESKTOP))
    expectStages(await finalStages(page, origin), ['image'])
    await expectShown(page, ['asked', 'placed', 'home'], ['image'])
    const inside = desktopOf(cluster, namespace, await onlyPod(cluster, namespace))
    await inside.sh('echo "kept words" > ~/kept.txt')
  })

  await test.step('a second one of the same template is told where the home is in use', async () => {
    await clickStart(page, DESKTOP)
    const alert = page.getByRole('alert')
    await expect(alert).toContainText(`Your home for this template is in use by “${DESKTOP}” on ${cluster.node}.`)
    await expect(alert).toContainText('Open that desktop, or stop it first.')
    await alert.getByRole('button', { name: 'Close message' }).click()
    expect((await kindsOf(cluster, namespace)).filter((kind) => kind === 'Pod')).toHaveLength(1)
  })

  await test.step('stop removes the pod and keeps the home', async () => {
    await page.bringToFront()
    await session(page, DESKTOP)
      .getByRole('button', { name: `Stop ${DESKTOP}` })
      .click()
    await expect(session(page, DESKTOP)).toHaveAttribute('data-phase', 'stopped', { timeout: 30_000 })
    await expect(session(page, DESKTOP)).toContainText('Its home is kept.')
    await expect
      .poll(() => kindsOf(cluster, namespace), { timeout: 30_000 })
      .toEqual(['PersistentVolumeClaim', 'Secret'])
    await expect(viewer.locator('[data-viewer]')).not.toHaveAttribute('data-state', 'connected')
    await viewer.close()
  })

  await test.step('started again, it finds the file; the home is not made anew', async () => {
    await watchStages(page)
    viewer = await opensByItself(page, () =>
      page.getByRole('button', { name: `Start again: ${DESKTOP}`, exact: true }).click(),
    )
    expectStages(await finalStages(page, origin), ['home', 'image'])
    await expectShown(page, ['asked', 'placed'], ['home', 'image'])
    const inside = desktopOf(cluster, namespace, await onlyPod(cluster, namespace))
    expect(await inside.sh('cat ~/kept.txt')).toBe('kept words\n')
    await viewer.close()
  })

  const remove = async (choice: string, button: string): Promise<void> => {
    await page.bringToFront()
    await session(page, DESKTOP)
      .getByRole('button', { name: `More for ${DESKTOP}` })
      .click()
    await page.getByRole('menuitem', { name: `Remove ${DESKTOP}` }).click()
    const dialog = page.getByRole('dialog')
    await expect(dialog).toContainText('It is stopped first')
    await dialog.getByText(choice, { exact: true }).click()
    await dialog.getByRole('button', { name: button, exact: true }).click()
    await expect(session(page, DESKTOP)).toHaveCount(0, { timeout: 30_000 })
  }
  await test.step('removed, the home stays', async () => {
    await remove('Keep the home', 'Remove')
    await expect.poll(() => kindsOf(cluster, namespace), { timeout: 30_000 }).toEqual(['PersistentVolumeClaim'])
  })

  await test.step('a new desktop of the template finds that home', async () => {
    viewer = await opensByItself(page, () => clickStart(page, DESKTOP))
    expectStages(await finalStages(page, origin), ['home', 'image'])
    const inside = desktopOf(cluster, namespace, await onlyPod(cluster, namespace))
    expect(await inside.sh('cat ~/kept.txt')).toBe('kept words\n')
    await viewer.close()
  })

  await test.step('removed with its home, nothing is left', async () => {
    await remove('Delete the home too', 'Remove and delete the home')
    await expect.poll(() => objectsOf(cluster, namespace, ''), { timeout: 40_000 }).toEqual(before)
  })
})

test('an image that is not on the machine is fetched, and the start says so', async ({ app, cluster, namespace }) => {
  const { page } = app
  const registry = await startLocalRegistry(DEFAULT_DESKTOP_IMAGE)
  try {
    await writeTemplate(cluster, namespace, 'fetched', { displayName: 'Fetched', image: registry.image })
    await takeCluster(page)
    await watchStages(page)
    const viewer = await opensByItself(page, async () => {
      await clickStart(page, 'Fetched')
      await expect(stage(page, 'Fetched', 'image')).toHaveAttribute('data-state', 'active', { timeout: 30_000 })
      await expect(stage(page, 'Fetched', 'image')).toContainText('The image is being fetched for the first time on')
      registry.release()
    })
    expectStages(await finalStages(page, app.host?.origin ?? ''), ['home'])
    await expectShown(page, ['asked', 'placed', 'image'], ['home'])
    await viewer.close()
    await page.bringToFront()
    await session(page, 'Fetched').getByRole('button', { name: 'Stop Fetched' }).click()
    // it keeps nothing, so it asks
    await page.getByRole('dialog').getByRole('button', { name: 'Stop and lose them' }).click()
    await expect.poll(() => kindsOf(cluster, namespace), { timeout: 30_000 }).toEqual(['ConfigMap', 'Secret'])
  } finally {
    await registry.stop()
  }
})

test('a reload in the middle of a start, cut connections, and a pod that somebody else deletes', async ({
  app,
  cluster,
  namespace,
}) => {
  const { page } = app
  await takeCluster(page)

  await test.step('the page is loaded again while it starts', async () => {
    await clickStart(page, DESKTOP)
    await expect(stage(page, DESKTOP, 'asked')).toBeVisible()
    await page.reload()
    await expect(session(page, DESKTOP)).toBeVisible()
    await expect(session(page, DESKTOP)).toHaveAttribute('data-phase', 'running', { timeout: 60_000 })
  })

  const open = page.getByRole('button', { name: `Open ${DESKTOP}`, exact: true })
  const viewer = await opensByItself(page, () => open.click())

  await test.step('every connection to the cluster is cut: the picture is there again', async () => {
    const inside = desktopOf(cluster, namespace, await onlyPod(cluster, namespace))
    await inside.background('while :; do xsetroot -solid "#$(printf %06x $RANDOM)"; sleep 0.1; done')
    await cutConnections(app.host?.pid ?? -1, cluster.nodeIp)
    // signalling went through one of them: a new picture comes, not the old one that stands still
    await connected(viewer)
    const frames = await framesShown(viewer)
    await eventually(
      () => framesShown(viewer),
      (now) => now > frames + 5,
      20_000,
    )
  })

  await test.step('a pod deleted from outside ends as stopped, its home kept', async () => {
    const claims = (): Promise<string> =>
      cluster.kubectl([
        ...['get', 'pvc', '-n', namespace],
        ...['-o', 'jsonpath={.items[*].metadata.uid}/{.items[*].status.phase}'],
      ])
    const home = await claims()
    expect(home).toMatch(/.\/Bound$/)
    await cluster.kubectl(['delete', 'pod', '-n', namespace, await onlyPod(cluster, namespace), '--wait=false'])
    await page.bringToFront()
    await expect(session(page, DESKTOP)).toContainText('Stopped from outside.', { timeout: 40_000 })
    await expect(session(page, DESKTOP)).toContainText('Its home is kept.')
    await expect(viewer.getByRole('button', { name: 'Start again' })).toBeVisible({ timeout: 30_000 })
    await viewer.close()
    expect(await claims()).toBe(home)
    await opensByItself(page, () => page.getByRole('button', { name: `Start again: ${DESKTOP}`, exact: true }).click())
    expect(await claims()).toBe(home)
  })
})

/** Frames that the page's video has shown: more of them while the stream runs. */
function framesShown(viewer: Page): Promise<number> {
  return viewer.evaluate(() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0)
}

/** Local ports of a process's TCP connections to an address. */
async function portsTo(pid: number, address: string): Promise<readonly string[]> {
  const { stdout } = await tryRun('ss', ['-Htnp', 'state', 'established', 'dst', address])
  return stdout
    .split('\n')
    .filter((line) => line.includes(`pid=${pid},`))
    .map((line) => line.trim().split(/\s+/)[2]?.split(':').at(-1) ?? '')
}

/** Ends every TCP connection of one process to the API server, as a router that forgets would: both ends get a reset. */
async function cutConnections(pid: number, nodeIp: string): Promise<void> {
  const ports = await portsTo(pid, nodeIp)
  expect(ports.length).toBeGreaterThan(0)
  const filter = ports.flatMap((port, index) => [...(index === 0 ? [] : ['or']), 'sport', '=', `:${port}`])
  const cut = await tryRun('ss', ['-K', '-tn', 'dst', nodeIp, 'and', '(', ...filter, ')'])
  expect(cut.code, cut.stderr).toBe(0)
  const still = await portsTo(pid, nodeIp)
  expect(still.filter((port) => ports.includes(port))).toEqual([])
}
