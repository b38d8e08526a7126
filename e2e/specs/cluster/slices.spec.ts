// Slices of GPUs by NVIDIA's own device plugin. They are as many as the chart's values say; and where the last one of the node is gone, a start
// waits in line and starts by itself, or goes on without GPU. Nobody else may want a slice meanwhile, for it takes every one.
import { parse } from 'yaml'
import { VERSIONS } from '../../cluster/settings.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { clickStart, opensByItself, session } from '../../drivers/library.ts'
import { CHART, helmOf } from '../../drivers/operator-cluster.ts'
import { offeredSlices, pluginConfig, replug, SLICE, takeSlices } from '../../drivers/slices.ts'
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

test('the plugin cuts each GPU as the chart’s values say', async ({ cluster }) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  const { helm } = await helmOf(cluster)
  const values = { gpu: { timeSlicing: { install: true, namespace: 'kube-system', configs: { 'vdi-3': 3 } } } }
  const words = ['template', CHART, '--kube-version', VERSIONS.kubernetes, '--show-only', 'templates/gpu.yaml']
  const rendered = await helm([...words, '--values=-'], { input: JSON.stringify(values) })
  const { data } = parse(rendered) as { readonly data: Readonly<Record<string, string>> }
  expect(data).toHaveProperty('vdi-3')
  const [before, offered] = [await pluginConfig(cluster), await offeredSlices(cluster)]
  try {
    // word for word what a node with the label nvidia.com/device-plugin.config=vdi-3 gets; the mock has two GPUs
    await replug(cluster, data['vdi-3'] ?? '', 6)
  } finally {
    await replug(cluster, before, offered)
  }
})
