// The cluster as its admin sees it through the app: a real node's slices beside fake nodes, who holds what, on which GPU, who waits.
// The one who holds it is another person's app with a desktop user's rights, which is not offered the view.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from '@playwright/test'
import type { TestCluster } from '../../cluster/index.ts'
import { addGpuNodes, FAKE_TAINT } from '../../cluster/kwok.ts'
import { NODE_SLICES } from '../../cluster/parts.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { podOf } from '../../drivers/desktop.ts'
import { watchPage } from '../../drivers/driver.ts'
import { useCluster } from '../../drivers/library.ts'
import { launchWebHost } from '../../drivers/web-host.ts'

/** The admin's own app, in a browser of their own. */
async function asAdmin(cluster: TestCluster, browser: Browser, look: (page: Page) => Promise<void>): Promise<void> {
  const home = mkdtempSync(join(tmpdir(), 'kasm-spec-'))
  const kubeconfigs = [cluster.kubeconfigPath]
  const host = await launchWebHost({ kubeconfigs, env: {}, dataDir: join(home, 'data'), home })
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const problems: string[] = []
  try {
    context.on('page', (page) => watchPage(page, problems))
    const page = await context.newPage()
    await page.goto(host.url)
    // whether somebody installed the operator meanwhile is nothing to this view
    await useCluster(page)
    await page.getByRole('link', { name: 'Cluster', exact: true }).click()
    await look(page)
  } finally {
    await context.close()
    await host.stop()
    rmSync(home, { recursive: true, force: true })
  }
  expect(problems, 'page errors, CSP and Trusted Types reports').toEqual([])
}

/** A pod that wants a slice of one of the fake nodes and does nothing there. */
function fakeHolder(name: string, namespace: string, node: string): unknown {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace },
    spec: {
      terminationGracePeriodSeconds: 0,
      nodeSelector: { 'kubernetes.io/hostname': node },
      tolerations: [FAKE_TAINT],
      securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: 'RuntimeDefault' } },
      containers: [
        {
          name: 'idle',
          image: 'localhost/busybox:1',
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
          resources: { limits: { 'nvidia.com/gpu.shared': '1' } },
        },
      ],
    },
  }
}

/** A pod's slice as the node tells it: the plugin names it by the GPU's UUID, `::` and a number from 0. */
async function sliceOf(cluster: TestCluster, namespace: string, pod: string): Promise<readonly [string, number]> {
  const path = '{.status.containerStatuses[0].allocatedResourcesStatus[0].resources[0].resourceID}'
  const id = await cluster.kubectl(['get', 'pod', pod, '-n', namespace, '-o', `jsonpath=${path}`])
  const [uuid = '', replica] = id.split('::')
  return [uuid, Number(replica)]
}

test('the map shows the real slices beside fake nodes, who holds one and on which GPU, and why somebody waits', async ({
  app,
  browser,
  cluster,
  namespace,
  core,
  clusterId,
}) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  const fake = await addGpuNodes(cluster, 2, {
    gpus: 1,
    replicas: 2,
    product: 'NVIDIA-L4',
    memoryMiB: 24_576,
    prefix: `${namespace}-gpu`,
  })
  try {
    const [full = '', empty = ''] = fake.names
    const { sessionId } = await core.call('sessions.start', { clusterId, templateId: 'full-desktop' })
    // two of three get the node's two slices; made one after the other, so that the last one is the one that waits
    const names = ['render-a', 'render-b', 'render-c']
    for (const name of names.slice(0, 2)) await cluster.apply(JSON.stringify(fakeHolder(name, namespace, full)))
    const two = names.slice(0, 2).map((name) => `pod/${name}`)
    await cluster.kubectl(['wait', ...two, '-n', namespace, '--for=condition=PodScheduled', '--timeout=30s'])
    await cluster.apply(JSON.stringify(fakeHolder('render-c', namespace, full)))
    await core.wait(
      'sessions',
      ({ sessions }) => sessions.find(({ id, openable }) => id === sessionId && openable),
      90_000,
    )
    const pod = podOf(sessionId)
    await expect.poll(async () => (await sliceOf(cluster, namespace, pod))[0]).toMatch(/^GPU-/)
    const [uuid, replica] = await sliceOf(cluster, namespace, pod)

    await asAdmin(cluster, browser, async (page) => {
      const node = page.getByRole('region', { name: cluster.node, exact: true })
      const place = `Slice ${replica + 1} of GPU \\d on ${cluster.node}`
      const cell = page.getByRole('button', { name: new RegExp(`^${place}: ${namespace}, Full desktop$`) })
      await test.step('the desktop holds one slice of the GPU that the node says', async () => {
        await expect(cell).toHaveCount(1)
        const row = node.getByRole('row').filter({ has: cell })
        await expect(row.getByRole('rowheader')).toHaveAttribute('title', uuid)
        await expect(node.getByRole('row')).toHaveCount(2)
        await expect(node.getByRole('button', { name: /^Slice / })).toHaveCount(NODE_SLICES)
      })

      await test.step('its details lead from the person to the GPU', async () => {
        await cell.click()
        const details = page.getByRole('complementary', { name: `${namespace}: Full desktop` })
        for (const words of [`${namespace}/${pod}`, cluster.node, uuid]) await expect(details).toContainText(words)
        await page.keyboard.press('Escape')
        await expect(details).toBeHidden()
        await expect(cell).toBeFocused()
      })

      await test.step('the fake nodes stand beside it, one full and one free', async () => {
        const fullCard = page.getByRole('region', { name: full, exact: true })
        await expect(fullCard).toContainText('L4, 24 GB')
        for (const name of names.slice(0, 2))
          await expect(fullCard.getByRole('button', { name: new RegExp(name) })).toBeVisible()
        const emptyCells = page
          .getByRole('region', { name: empty, exact: true })
          .getByRole('button', { name: /: free$/ })
        await expect(emptyCells).toHaveCount(2)
      })

      await test.step('who waits is told why, in plain words and in the scheduler’s', async () => {
        await page.getByRole('link', { name: /^Waiting/ }).click()
        const card = page.getByRole('article', { name: namespace, exact: true }).filter({ hasText: 'render-c' })
        await expect(card).toContainText('No free GPU slice. It starts by itself when one comes free.')
        await card.getByRole('button', { name: 'Kubernetes says' }).click()
        await expect(card).toContainText('Insufficient nvidia.com/gpu.shared')
      })
    })

    await test.step('a desktop user is not offered the view', async () => {
      const { page } = app
      await expect(page.getByRole('link', { name: 'Desktops', exact: true })).toBeVisible()
      await expect(page.getByRole('link', { name: 'Cluster', exact: true })).toHaveCount(0)
    })
  } finally {
    await cluster.tryKubectl(['delete', 'pods', '--all', '-n', namespace, '--wait=false'])
    await fake.remove()
  }
})
