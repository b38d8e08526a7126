// The last slice of the node is gone: a start waits in line and starts by itself, or goes on without GPU. Nobody else may
// want a slice meanwhile, for it takes every one.
import { expect, test } from '../../drivers/cluster-app.ts'
import { clickStart, opensByItself, session } from '../../drivers/library.ts'
import { SLICE, takeSlices } from '../../drivers/slices.ts'
import { expectStage, NAME, prepare, words } from '../../drivers/starts.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'

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
