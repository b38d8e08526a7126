// A desktop's life on a cluster with the operator, through the page of somebody with no more rights than a VDIUser gives: started,
// used over each way, stopped, found again with its home, removed with it.
import { existsSync } from 'node:fs'
import type { Page } from '@playwright/test'
import type { TestCluster } from '../../cluster/index.ts'
import { desktopOf, eventually, podOf } from '../../drivers/desktop.ts'
import { clickStart, objectsOf, opensByItself, session, takeCluster } from '../../drivers/library.ts'
import { expect, podsOf, readSession, test } from '../../drivers/operator-app.ts'
import { KINDS } from '../../drivers/operator-cluster.ts'
import { connected, selectedPair, watchPeers } from '../../drivers/viewer.ts'
import { HOMES_ACCOUNT, LABEL, PLATFORM_NAMESPACE } from '../../../shared/product.ts'

const DESKTOP = 'Light desktop'

/** Each way alone: what the viewer says, and for WebRTC what getStats says of the pair. */
const PATHS = [
  { query: 'paths=node', path: 'node', mode: 'webrtc', pair: { remote: { protocol: 'udp' } } },
  { query: 'paths=relay', path: 'relay', mode: 'webrtc', pair: { local: { type: 'relay' } } },
  { query: 'paths=tunnel', path: 'tunnel', mode: 'webrtc', pair: { remote: { protocol: 'tcp' } } },
  { query: 'mode=websocket', path: undefined, mode: 'websocket', pair: undefined },
] as const

test('started, used over each way, stopped, found again with its home, removed with it', async ({
  app,
  cluster,
  person,
}) => {
  // two starts, four ways
  test.setTimeout(300_000)
  const { page } = app
  const { namespace } = person
  await watchPeers(page.context())
  await takeCluster(page)
  // what the operator keeps in the namespace for everybody
  const before = await objectsOf(cluster, namespace)
  let folder = ''
  let viewer: Page
  let name = ''
  let id = ''

  await test.step('the start asks the operator for a session, and it opens by itself', async () => {
    viewer = await opensByItself(page, () => clickStart(page, DESKTOP))
    id = new URL(viewer.url()).searchParams.get('session') ?? ''
    name = podOf(id)
    const { spec, status } = await readSession(cluster, namespace, name)
    expect(spec).toMatchObject({
      owner: person.username,
      desiredState: 'Running',
      templateRef: { name: 'light-desktop' },
    })
    expect(status).toMatchObject({ phase: 'Ready', podName: name, nodeName: cluster.node })
    // the pod is the operator's work: the person may not make one
    const [pod = ''] = await podsOf(cluster, person)
    expect(pod.split(' ')[0]).toBe(name)
    const may = await cluster.tryKubectl([
      'auth',
      'can-i',
      'create',
      'pods',
      '-n',
      namespace,
      `--as=${person.username}`,
    ])
    expect(may.stdout.trim()).toBe('no')
    await viewer.close()
  })

  const inside = desktopOf(cluster, namespace, name)
  await test.step('its home is a folder of the node, made by the program that keeps them', async () => {
    const volume = await volumeOf(cluster, namespace)
    expect(volume.spec).toMatchObject({
      storageClassName: HOMES_ACCOUNT,
      local: { path: expect.stringMatching(/own\/pvc-/) },
    })
    expect(existsSync(volume.spec.local.path)).toBe(true)
    folder = volume.spec.local.path
    expect(await inside.sh('stat -c "%u %g %a" ~')).toBe('1000 1000 2770\n')
    // no other folder of the node can be lent by it
    const { metadata, spec } = volume
    const asHomes = `--as=system:serviceaccount:${PLATFORM_NAMESPACE}:${HOMES_ACCOUNT}`
    for (const [change, words] of [
      [{ local: { path: '/etc' } }, 'are folders of homes'],
      [{ local: undefined, hostPath: { path: `/x/${metadata.name}` } }, 'are folders of homes'],
      [{ storageClassName: 'local-path' }, 'are folders of homes'],
      [{}, 'already exists'],
    ] as const) {
      const object = {
        apiVersion: 'v1',
        kind: 'PersistentVolume',
        metadata: { name: metadata.name },
        spec: { ...spec, ...change },
      }
      const input = JSON.stringify(object)
      const tried = await cluster.tryKubectl(['create', '--dry-run=server', asHomes, '-f', '-'], { input })
      expect(tried.stderr).toContain(words)
    }
  })
  await inside.sh('echo "kept words" > ~/kept.txt')

  for (const { query, path, mode, pair } of PATHS)
    await test.step(`used: ${query}`, async () => {
      const way = await app.newWindow(`/viewer?session=${encodeURIComponent(id)}&${query}`)
      await connected(way, 60_000)
      const shown = way.locator('[data-viewer]')
      await expect(shown).toHaveAttribute('data-mode', mode)
      if (path !== undefined) await expect(shown).toHaveAttribute('data-path', path)
      if (pair !== undefined) expect(await selectedPair(way)).toMatchObject(pair)
      await way.mouse.move(320, 240 + query.length)
      await eventually(
        () => inside.pointer(),
        ({ x, y }) => x === 320 && y === 240 + query.length,
      )
      await way.close()
    })

  await test.step('stopped, its session and its home stay', async () => {
    await page.bringToFront()
    await page.getByRole('button', { name: `Stop ${DESKTOP}`, exact: true }).click()
    await expect(session(page, DESKTOP)).toHaveAttribute('data-phase', 'stopped', { timeout: 40_000 })
    await expect(session(page, DESKTOP)).toContainText('Its home is kept.')
    await expect.poll(() => podsOf(cluster, person), { timeout: 30_000 }).toEqual([])
    await expect
      .poll(async () => (await readSession(cluster, namespace, name)).status.phase, { timeout: 20_000 })
      .toBe('Stopped')
  })

  await test.step('started again, it finds the file', async () => {
    viewer = await opensByItself(page, () =>
      page.getByRole('button', { name: `Start again: ${DESKTOP}`, exact: true }).click(),
    )
    expect(await inside.sh('cat ~/kept.txt')).toBe('kept words\n')
    await viewer.close()
  })

  await test.step('removed with its home, nothing is left', async () => {
    await page.bringToFront()
    await page.getByRole('button', { name: `More for ${DESKTOP}` }).click()
    await page.getByRole('menuitem', { name: `Remove ${DESKTOP}` }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByText('Delete the home too', { exact: true }).click()
    await dialog.getByRole('button', { name: 'Remove and delete the home', exact: true }).click()
    await expect(session(page, DESKTOP)).toHaveCount(0, { timeout: 40_000 })
    const left = async (): Promise<string> =>
      (await cluster.kubectl(['get', KINDS.sessions, '-n', namespace, '-o', 'name'])).trim()
    await expect.poll(left, { timeout: 40_000 }).toBe('')
    await expect.poll(() => objectsOf(cluster, namespace, LABEL.template), { timeout: 40_000 }).toEqual(before)
    await expect.poll(() => existsSync(folder), { timeout: 20_000 }).toBe(false)
  })
})

interface HomeVolume {
  readonly metadata: { readonly name: string }
  readonly spec: { readonly storageClassName: string; readonly local: { readonly path: string } }
}

/** The volume of the one home in a namespace. */
async function volumeOf(cluster: TestCluster, namespace: string): Promise<HomeVolume> {
  const path = 'jsonpath={.items[0].spec.volumeName}'
  const name = await cluster.kubectl(['get', 'pvc', '-n', namespace, '-o', path])
  return JSON.parse(await cluster.kubectl(['get', 'pv', name, '-o', 'json'])) as HomeVolume
}
