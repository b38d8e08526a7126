// A cluster that fails while it is used: old data is dated, everything comes back by itself, and nobody storms the API server.
import { expect, test } from '../../drivers/app-driver.ts'
import { createFakeApiServer, type FakeApiServer } from '../../fakes/api-server.ts'
import type { Page } from '@playwright/test'

let api: FakeApiServer
test.beforeEach(async () => {
  api = await createFakeApiServer()
})
test.afterEach(() => api.close())

async function useFake(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Paste', exact: true }).click()
  await page.getByRole('textbox', { name: 'Kubeconfig' }).fill(api.kubeconfig())
  await page.getByRole('button', { name: 'Add cluster' }).click()
  await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
  await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible()
}

test('a cluster that refuses everything is stale since then, is asked seldom, and is live again by itself', async ({
  app: { page },
}) => {
  await useFake(page)
  const mend = api.faults.add({ type: 'status', status: 503 })
  api.requests.length = 0
  const began = Date.now()
  api.watches.reset()
  await expect(page.getByRole('button', { name: /^Switch cluster.*Stale since/ })).toBeVisible()
  await expect(page.getByText(/^No news for \d+ s\.$/)).toBeVisible()
  await expect(page.getByText('it is tried again by itself')).toBeVisible()
  // what was there stays, and says how old it is
  await expect(page.getByRole('list', { name: 'Templates' })).toBeVisible()
  await expect.poll(() => Date.now() - began, { timeout: 15_000 }).toBeGreaterThan(10_000)
  expect(api.requests.filter(({ at }) => at - began < 10_000).length).toBeLessThanOrEqual(10)
  mend()
  await page.getByRole('button', { name: 'Try now' }).click()
  await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible()
  await expect(page.getByText(/^No news for/)).toBeHidden()
})

test('a cluster that is gone for a moment costs a few requests, and is live again without a click', async ({
  app: { page },
}) => {
  await useFake(page)
  await api.goDark()
  await expect(page.getByRole('button', { name: /^Switch cluster.*(Stale since|Unreachable)/ })).toBeVisible()
  api.requests.length = 0
  await api.comeBack()
  await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible({ timeout: 30_000 })
})

test('a sign-in that runs out says so, and works again with a new one', async ({ app: { page } }) => {
  await useFake(page)
  api.tokens.delete('user-token')
  api.watches.reset()
  await expect(page.getByRole('button', { name: /^Switch cluster.*Signed out/ })).toBeVisible({ timeout: 30_000 })
  const panel = page.getByRole('region', { name: 'Your sign-in has run out' })
  await expect(panel).toContainText('your desktop keeps running')
  api.tokens.set('user-token', 'jane')
  await panel.getByRole('button', { name: 'Sign in again' }).click()
  await expect(page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible()
})
