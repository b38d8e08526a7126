// Starts that cannot go well: each says why and what to do next, and leaves exactly what was there before.
import { expect, test } from '../../drivers/cluster-app.ts'
import { clickStart, objectsOf, session, stage } from '../../drivers/library.ts'
import { cancel, expectNothingLeft, expectStage, ID, NAME, prepare, words } from '../../drivers/starts.ts'
import type { ErrorCode } from '../../../shared/error-catalog.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { homeName } from '../../../shared/domain/names.ts'
import type { StageName } from '../../../shared/domain/session.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'
import { FIELD_MANAGER_DESKTOP, LABEL } from '../../../shared/product.ts'

/** Runs and does nothing; and ends at once. Both are on the node for the cluster's own needs. */
const IDLE_IMAGE = 'localhost/pause:1'
const ENDING_IMAGE = 'localhost/busybox:1'

/** Starts that wait for a better day until they are cancelled. */
const WAITING: readonly {
  readonly title: string
  readonly spec: Partial<TemplateSpecInput>
  readonly stage: StageName
  readonly says: ReturnType<typeof words>
}[] = [
  {
    title: 'an image that nobody has',
    spec: { image: 'localhost:5998/no/such:1', storage: { home: { size: '1Gi' } } },
    stage: 'image',
    says: words('start-image', { image: 'localhost:5998/no/such:1' }),
  },
  {
    title: 'a storage class that does not exist',
    spec: { storage: { home: { size: '1Gi', storageClassName: 'no-such-class' } } },
    stage: 'home',
    says: words('start-home-pending'),
  },
  {
    title: 'a desktop that ends right after its start, again and again',
    spec: { image: ENDING_IMAGE },
    stage: 'started',
    says: words('start-crash'),
  },
  {
    title: 'a machine that nobody has',
    spec: { nodeSelector: { 'spec.test/no-such': 'machine' } },
    stage: 'placed',
    says: words('start-unschedulable'),
  },
]

for (const { title, spec, stage: which, says } of WAITING)
  test(`${title}: the start waits, and cancelled it leaves nothing`, async ({ app, cluster, namespace }) => {
    const before = await prepare(app.page, cluster, namespace, spec)
    await clickStart(app.page, NAME)
    await expectStage(app.page, which, 'waiting', says)
    await cancel(app.page)
    await expectNothingLeft(cluster, namespace, before)
  })

test('an image name that is none ends the start for good, and a home that was there is untouched', async ({
  app,
  cluster,
  namespace,
}) => {
  const image = 'localhost/No_Such:1'
  const home = { size: '1Gi' }
  // the user's name is the namespace's; the home is there before anything is started
  const hash = ownerHash(namespace)
  const claim = homeName(ID, hash)
  const labels = { [LABEL.ownerHash]: hash, [LABEL.template]: ID, [LABEL.managed]: FIELD_MANAGER_DESKTOP }
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: claim, namespace, labels },
      spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: home.size } } },
    }),
  )
  const before = await prepare(app.page, cluster, namespace, { image, storage: { home } })
  expect(before.some((line) => line.startsWith(`PersistentVolumeClaim/${claim} `))).toBe(true)
  await clickStart(app.page, NAME)
  await expectStage(app.page, 'image', 'failed', words('start-image-name', { image }))
  await expect(stage(app.page, NAME, 'home')).toHaveAttribute('data-state', 'skipped')
  await expect(session(app.page, NAME)).toContainText('Did not start')
  await expect(app.page.getByRole('button', { name: `Start again: ${NAME}` })).toBeVisible()
  await expectNothingLeft(cluster, namespace, before)
  await app.page.getByRole('button', { name: `Remove ${NAME}`, exact: true }).click()
  await app.page.getByRole('dialog').getByRole('button', { name: 'Remove', exact: true }).click()
  await expect(session(app.page, NAME)).toHaveCount(0)
  await expectNothingLeft(cluster, namespace, before)
})

test('a server that never answers is named, then given up', async ({ app, cluster, namespace }) => {
  const before = await prepare(app.page, cluster, namespace, {
    image: IDLE_IMAGE,
    lifecycle: { startTimeoutSeconds: 30 },
  })
  await clickStart(app.page, NAME)
  await expectStage(app.page, 'started', 'waiting', words('start-not-ready'))
  const { sentence, nextStep } = words('start-timeout', {
    time: '30 seconds',
    reason: words('start-not-ready').sentence,
  })
  await expectStage(app.page, 'started', 'failed', { sentence, nextStep })
  await expectNothingLeft(cluster, namespace, before)
})

/** Starts that the cluster refuses before anything is made: said in a message, with no card left. */
const REFUSED: readonly {
  readonly title: string
  readonly code: ErrorCode
  readonly spec: Partial<TemplateSpecInput>
}[] = [
  {
    title: 'a RuntimeClass that is missing',
    code: 'start-runtime-class',
    spec: { gpu: { runtimeClassName: 'no-such-runtime' } },
  },
  {
    title: 'a template that needs more than the namespace allows',
    code: 'start-pod-security',
    spec: { security: { level: 'baseline', reason: 'The spec wants it.' } },
  },
]

for (const { title, code, spec } of REFUSED)
  test(`${title} is refused before anything is made`, async ({ app, cluster, namespace }) => {
    const before = await prepare(app.page, cluster, namespace, spec)
    await clickStart(app.page, NAME)
    const { sentence, nextStep } = words(code, { name: 'no-such-runtime', namespace, level: 'restricted' })
    const alert = app.page.getByRole('alert')
    await expect(alert).toContainText(sentence)
    await expect(alert).toContainText(nextStep)
    await expect(session(app.page, NAME)).toHaveCount(0)
    await expectNothingLeft(cluster, namespace, before)
  })

test('a quota that is used up is said at the click, and from then on at the template', async ({
  app,
  cluster,
  namespace,
}) => {
  await prepare(app.page, cluster, namespace, {})
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'spec', namespace },
      spec: { hard: { pods: '0' } },
    }),
  )
  // counted once by its controller, it holds
  await expect
    .poll(() => cluster.kubectl(['get', 'quota', 'spec', '-n', namespace, '-o', 'jsonpath={.status.hard.pods}']))
    .toBe('0')
  const before = await objectsOf(cluster, namespace, '')
  await clickStart(app.page, NAME)
  const { sentence, nextStep } = words('start-quota')
  await expect(app.page.getByRole('alert')).toContainText(sentence)
  await expect(app.page.getByRole('alert')).toContainText(nextStep)
  await expectNothingLeft(cluster, namespace, before)
  const card = app.page.locator(`[data-template="${ID}"]`)
  await expect(card).toContainText(sentence, { timeout: 30_000 })
  await expect(card.getByRole('button', { name: `Start ${NAME}` })).toBeDisabled()
})

test('a start that is cancelled on its way leaves exactly what was there before', async ({
  app,
  cluster,
  namespace,
}) => {
  const before = await prepare(app.page, cluster, namespace, { storage: { home: { size: '1Gi' } } })
  await clickStart(app.page, NAME)
  await expect(stage(app.page, NAME, 'asked')).toHaveAttribute('data-state', 'done')
  await cancel(app.page)
  await expectNothingLeft(cluster, namespace, before)
})
