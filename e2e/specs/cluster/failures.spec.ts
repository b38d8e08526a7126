// Starts that cannot go well: each says why and what to do next, and leaves exactly what was there before.
import { randomBytes } from 'node:crypto'
import type { Page } from '@playwright/test'
import type { TestCluster } from '../../cluster/index.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import {
  clickStart,
  objectsOf,
  opensByItself,
  session,
  stage,
  takeCluster,
  writeTemplate,
} from '../../drivers/library.ts'
import { CATALOG, type ErrorCode } from '../../../shared/error-catalog.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { homeName } from '../../../shared/domain/names.ts'
import type { StageName } from '../../../shared/domain/session.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'
import { DEFAULT_DESKTOP_IMAGE, FIELD_MANAGER_DESKTOP, LABEL } from '../../../shared/product.ts'

const NAME = 'Unlucky desktop'
const ID = 'unlucky'
/** Small enough for a machine that is busy with other things. */
const SMALL = { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '2', memory: '1Gi' } }
/** Runs and does nothing; and ends at once. Both are on the node for the cluster's own needs. */
const IDLE_IMAGE = 'localhost/pause:1'
const ENDING_IMAGE = 'localhost/busybox:1'
const SLICE = 'nvidia.com/gpu.shared'

/** The catalogue's words with their gaps filled. */
function words(code: ErrorCode, values: Readonly<Record<string, string>> = {}): { sentence: string; nextStep: string } {
  const { sentence, nextStep } = CATALOG[code]
  return { sentence: sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''), nextStep }
}

async function expectStage(
  page: Page,
  which: StageName,
  state: 'waiting' | 'failed',
  { sentence, nextStep }: { sentence: string; nextStep: string },
  timeout = 40_000,
): Promise<void> {
  const row = stage(page, NAME, which)
  await expect(row).toHaveAttribute('data-state', state, { timeout })
  await expect(row).toContainText(sentence)
  await expect(row).toContainText(nextStep)
  // said once: a sentence that stands twice helps nobody
  expect((await row.innerText()).split(sentence)).toHaveLength(2)
}

async function cancel(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Cancel the start of ${NAME}` }).click()
  await expect(session(page, NAME)).toHaveCount(0, { timeout: 30_000 })
}

async function expectNothingLeft(cluster: TestCluster, namespace: string, before: readonly string[]): Promise<void> {
  await expect.poll(() => objectsOf(cluster, namespace, ''), { timeout: 30_000 }).toEqual(before)
}

/** Writes the template, takes the cluster. @returns what the namespace holds before the start */
async function prepare(
  page: Page,
  cluster: TestCluster,
  namespace: string,
  spec: Partial<TemplateSpecInput>,
): Promise<readonly string[]> {
  await writeTemplate(cluster, namespace, ID, {
    displayName: NAME,
    image: DEFAULT_DESKTOP_IMAGE,
    resources: SMALL,
    ...spec,
  })
  await takeCluster(page)
  return objectsOf(cluster, namespace, '')
}

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
  const { sentence, nextStep } = words('start-timeout', { minutes: '0.5', reason: words('start-not-ready').sentence })
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

interface Holder {
  readonly metadata: { readonly deletionTimestamp?: string }
  readonly spec: {
    readonly containers: readonly { readonly resources?: { readonly limits?: Record<string, string> } }[]
  }
}

/** Slices that others hold for longer; what is just being deleted is as good as free. */
async function heldSlices(cluster: TestCluster): Promise<number> {
  const running = `spec.nodeName=${cluster.node},status.phase!=Succeeded,status.phase!=Failed`
  const { items } = JSON.parse(
    await cluster.kubectl(['get', 'pods', '-A', '--field-selector', running, '-o', 'json']),
  ) as { items: readonly Holder[] }
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .flatMap(({ spec }) => spec.containers.map(({ resources }) => Number(resources?.limits?.[SLICE] ?? 0)))
    .reduce((sum, count) => sum + count, 0)
}

/** Takes every free slice of the node, the last one by a pod of its own. */
async function takeSlices(cluster: TestCluster): Promise<{ freeOne(): Promise<void>; stop(): Promise<void> }> {
  const namespace = `slices-${randomBytes(4).toString('hex')}`
  await cluster.kubectl(['create', 'namespace', namespace])
  const total = await cluster.kubectl([
    ...['get', 'node', cluster.node],
    ...['-o', String.raw`jsonpath={.status.allocatable.nvidia\.com/gpu\.shared}`],
  ])
  const free = Number(total) - (await heldSlices(cluster))
  const pod = (name: string, slices: number): unknown => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      containers: Array.from({ length: slices }, (_, index) => ({
        name: `c${index}`,
        // a slice is held from the place on: nothing needs to run, and an image that is not there costs no time
        image: 'localhost/no/such:1',
        imagePullPolicy: 'Never',
        resources: { limits: { [SLICE]: '1' } },
      })),
    },
  })
  const pods = [pod('last', 1), ...(free > 1 ? [pod('others', free - 1)] : [])]
  await cluster.apply(pods.map((each) => JSON.stringify(each)).join('\n---\n'))
  await cluster.kubectl(['wait', '-n', namespace, 'pod', '--all', '--for=condition=PodScheduled', '--timeout=60s'])
  return {
    async freeOne() {
      await cluster.kubectl(['delete', 'pod', 'last', '-n', namespace])
    },
    async stop() {
      await cluster.kubectl(['delete', 'pod', '-n', namespace, '--all'])
      await cluster.tryKubectl(['delete', 'namespace', namespace, '--wait=false'])
    },
  }
}

const SLICED: Partial<TemplateSpecInput> = { gpu: { slices: 1, runtimeClassName: 'nvidia' } }

test('without a free slice it waits, and starts by itself when one is freed', async ({ app, cluster, namespace }) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  await prepare(app.page, cluster, namespace, SLICED)
  const slices = await takeSlices(cluster)
  try {
    await clickStart(app.page, NAME)
    await expectStage(app.page, 'placed', 'waiting', words('start-no-slice'))
    const viewer = await opensByItself(app.page, () => slices.freeOne())
    await viewer.close()
    const limits = await cluster.kubectl([
      ...['get', 'pods', '-n', namespace],
      ...['-o', String.raw`jsonpath={.items[0].spec.containers[0].resources.limits.nvidia\.com/gpu\.shared}`],
    ])
    expect(limits).toBe('1')
  } finally {
    await slices.stop()
  }
})

test('without a free slice it can be started without GPU', async ({ app, cluster, namespace }) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  await prepare(app.page, cluster, namespace, SLICED)
  const slices = await takeSlices(cluster)
  try {
    await clickStart(app.page, NAME)
    await expectStage(app.page, 'placed', 'waiting', words('start-no-slice'))
    const viewer = await opensByItself(app.page, () =>
      session(app.page, NAME).getByRole('button', { name: 'Start without GPU' }).click(),
    )
    await viewer.close()
    const spec = await cluster.kubectl(['get', 'pods', '-n', namespace, '-o', 'jsonpath={.items[*].spec}'])
    expect(spec).not.toContain(SLICE)
  } finally {
    await slices.stop()
  }
})
