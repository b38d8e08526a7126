// A desktop's life through the UI, with the rights of a direct-mode user: started stage by stage, stopped, started again, removed.
import { FIELD_MANAGER_DESKTOP, LABEL } from '../../../shared/product.ts'
import { STAGES } from '../../../shared/domain/session.ts'
import type { TestCluster } from '../../cluster/index.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { eventually } from '../../drivers/desktop.ts'
import { connected } from '../../drivers/viewer.ts'

/** Names of everything in a namespace that carries our label. */
async function ourObjects(cluster: TestCluster, namespace: string): Promise<string[]> {
  const kinds = 'pods,secrets,services,persistentvolumeclaims,configmaps'
  const label = `${LABEL.managed}=${FIELD_MANAGER_DESKTOP}`
  const text = await cluster.kubectl(['get', kinds, '-n', namespace, '-l', label, '-o', 'name'])
  return text.split('\n').filter((line) => line !== '')
}

test('from the click to the picture, and the file that was left is there again', async ({
  app,
  core,
  clusterId,
  cluster,
  namespace,
}) => {
  expect(clusterId).not.toBe('')
  await app.page.getByRole('button', { name: 'Start Light desktop', exact: true }).click()
  const session = await core.wait('sessions', ({ sessions }) => sessions.find(({ openable }) => openable), 60_000)
  // a new home: every stage but the image was needed, in the order in which they are shown
  expect(session.stages.map(({ name }) => name)).toEqual([...STAGES])
  const ended = session.stages.filter(({ state }) => state === 'done').map(({ name, endedAt }) => ({ name, endedAt }))
  expect(ended.map(({ name }) => name)).toEqual(expect.arrayContaining(['asked', 'placed', 'home', 'started']))
  expect(session.stages.find(({ name }) => name === 'image')?.state).toBe('skipped')
  for (const { endedAt } of ended) expect(endedAt).toBeGreaterThanOrEqual(session.startedAt ?? Infinity)

  const viewer = await app.openViewer(() =>
    app.page.getByRole('button', { name: 'Open Light desktop' }).first().click(),
  )
  await connected(viewer)
  const [firstPod] = (await ourObjects(cluster, namespace)).filter((name) => name.startsWith('pod/'))
  await cluster.exec(namespace, (firstPod ?? '').slice(4), ['sh', '-c', 'echo kept > /home/user/note'])
  await viewer.close()

  await app.page.getByRole('button', { name: 'Stop Light desktop' }).first().click()
  await core.wait('sessions', ({ sessions }) => sessions.find(({ phase }) => phase === 'stopped'), 40_000)
  const stopped = await ourObjects(cluster, namespace)
  expect(stopped.filter((name) => name.startsWith('pod/'))).toEqual([])
  expect(stopped.some((name) => name.startsWith('persistentvolumeclaim/'))).toBe(true)

  await app.page.getByRole('button', { name: 'Start again: Light desktop' }).click()
  const again = await core.wait('sessions', ({ sessions }) => sessions.find(({ openable }) => openable), 60_000)
  expect(again.stages.find(({ name }) => name === 'home')?.state).toBe('skipped')
  expect((await cluster.exec(namespace, again.name, ['cat', '/home/user/note'])).trim()).toBe('kept')

  await core.call('sessions.remove', { sessionId: again.id, deleteHome: true })
  await eventually(
    () => ourObjects(cluster, namespace),
    (names) => names.length === 0,
    40_000,
  )
})

test('a desktop that is deleted from outside says so, and its home is kept', async ({
  app,
  core,
  desktop,
  cluster,
  namespace,
}) => {
  await cluster.kubectl(['delete', 'pod', '-n', namespace, desktop.pod, '--wait=false'])
  const session = await core.wait(
    'sessions',
    ({ sessions }) => sessions.find(({ phase }) => phase === 'stopped'),
    40_000,
  )
  expect(session.note).toMatch(/outside/i)
  await expect(app.page.getByRole('list', { name: 'Stopped desktops' })).toContainText(/outside/i)
  await expect(app.page.getByRole('button', { name: 'Start again: Light desktop' })).toBeVisible()
  const left = await ourObjects(cluster, namespace)
  expect(left.some((name) => name.startsWith('persistentvolumeclaim/'))).toBe(true)
})

test('a start that is cancelled leaves exactly what was there before', async ({
  core,
  clusterId,
  cluster,
  namespace,
}) => {
  const before = await ourObjects(cluster, namespace)
  const { sessionId } = await core.call('sessions.start', { clusterId, templateId: 'light-desktop' })
  await core.wait('sessions', ({ sessions }) => sessions.find(({ id }) => id === sessionId))
  await core.call('sessions.cancel', { sessionId })
  await eventually(
    () => ourObjects(cluster, namespace),
    (names) => names.join() === before.join(),
    40_000,
  )
  expect(await ourObjects(cluster, namespace)).toEqual(before)
})
