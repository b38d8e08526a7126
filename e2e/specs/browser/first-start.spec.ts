// The first screen: what was found and in which state, what helps when nothing was, and one click to a demo desktop.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo } from '../../drivers/demo.ts'
import { connected } from '../../drivers/viewer.ts'
import { createFakeApiServer, type FakeApiServer } from '../../fakes/api-server.ts'

test.describe('with no kubeconfig', () => {
  test.use({ appOptions: { kubeconfigs: [], env: { KASM_DEMO_SPEED: '10' } } })

  test('says where it looked, and offers the demo, a file and a paste', async ({ app: { page } }) => {
    await expect(page.getByRole('heading', { level: 1, name: 'Where do your desktops run?' })).toBeVisible()
    await expect(page.getByText('No kubeconfig was found. The app looked in')).toBeVisible()
    await expect(page.getByText('~/.kube/config')).toBeVisible()
    await expect(page.getByText('the files that KUBECONFIG names')).toBeVisible()
    for (const name of ['Start demo', 'Open a file', 'Paste', 'Look again'])
      await expect(page.getByRole('button', { name, exact: true })).toBeEnabled()
  })

  test('leads to a demo desktop with one click and another', async ({ app }) => {
    await chooseDemo(app.page)
    const viewer = await app.openViewer(() => app.page.getByRole('button', { name: 'Start Firefox kiosk' }).click())
    await connected(viewer)
    await expect(viewer.getByRole('application').locator('video')).toBeVisible()
  })

  test('remembers the demo over a reload, and offers it again after a look at the clusters', async ({
    app: { page },
  }) => {
    await chooseDemo(page)
    await page.reload()
    await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
    await page.getByRole('button', { name: /^Switch cluster/ }).click()
    await page.getByRole('menuitem', { name: 'Add a cluster…' }).click()
    await expect(page.getByRole('heading', { level: 1, name: 'Clusters' })).toBeVisible()
    await page.getByRole('button', { name: 'Back to desktops' }).click()
    await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
  })

  test('takes a pasted kubeconfig, uses it, and forgets it when asked', async ({ app: { page } }) => {
    const api = await createFakeApiServer()
    try {
      await page.getByRole('button', { name: 'Paste', exact: true }).click()
      await page.getByRole('textbox', { name: 'Kubeconfig' }).fill(api.kubeconfig({ contextName: 'pasted-one' }))
      await page.getByRole('button', { name: 'Add cluster' }).click()
      await expect(page.getByRole('button', { name: /^Switch cluster.*pasted-one.*Live/ })).toBeVisible()
      await page.getByRole('button', { name: /^Switch cluster/ }).click()
      await page.getByRole('menuitem', { name: 'Add a cluster…' }).click()
      await page.getByRole('button', { name: 'Forget pasted-one' }).click()
      await expect(page.getByRole('heading', { level: 1, name: 'Where do your desktops run?' })).toBeVisible()
      await expect(page.getByText('No kubeconfig was found. The app looked in')).toBeVisible()
    } finally {
      await api.close()
    }
  })

  test('takes a chosen file, and says what is wrong with another', async ({ app: { page } }) => {
    const api = await createFakeApiServer()
    try {
      const choose = async (name: string, text: string): Promise<void> => {
        const chosen = page.waitForEvent('filechooser')
        await page.getByRole('button', { name: 'Open a file', exact: true }).click()
        await (await chosen).setFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) })
      }
      await choose('notes.txt', '\t- : {')
      await expect(page.getByRole('alert')).toContainText('cannot be read as YAML')
      await choose('team.yaml', api.kubeconfig({ contextName: 'from-file' }))
      await expect(page.getByRole('button', { name: /^Switch cluster.*from-file.*Live/ })).toBeVisible()
    } finally {
      await api.close()
    }
  })
})

test.describe('with contexts in KUBECONFIG', () => {
  let api: FakeApiServer
  const folder = mkdtempSync(join(tmpdir(), 'kasm-first-'))
  const files = [join(folder, 'live.yaml'), join(folder, 'gone.yaml')]
  test.use({ appOptions: { kubeconfigs: files, env: {} } })

  test.beforeAll(async () => {
    api = await createFakeApiServer()
    const gone = await createFakeApiServer()
    writeFileSync(files[0] ?? '', api.kubeconfig({ contextName: 'office' }))
    writeFileSync(files[1] ?? '', gone.kubeconfig({ contextName: 'lab' }))
    await gone.close()
  })
  test.afterAll(async () => {
    await api.close()
    rmSync(folder, { recursive: true })
  })

  test('lists each with its state, asks only what is chosen, and says why one cannot be reached', async ({
    app: { page },
  }) => {
    const option = (name: string) => page.getByRole('heading', { level: 3, name, exact: true }).locator('../..')
    await expect(option('office')).toContainText('Not asked yet')
    await expect(option('lab')).toContainText('Not asked yet')
    expect(api.requests).toEqual([])
    await page.getByRole('button', { name: 'Use lab' }).click()
    await expect(
      page.getByRole('heading', { name: /^The cluster at 127\.0\.0\.1:\d+ cannot be reached$/ }),
    ).toBeVisible()
    await expect(page.getByText('Check your network or VPN')).toBeVisible()
    await page.getByRole('button', { name: 'Choose another cluster' }).click()
    await expect(option('lab')).toContainText('Not reachable')
    await expect(option('lab')).toContainText('cannot be reached')
    await page.getByRole('button', { name: 'Use office' }).click()
    await expect(page.getByRole('button', { name: /^Switch cluster.*office.*Live/ })).toBeVisible()
    await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
  })
})
