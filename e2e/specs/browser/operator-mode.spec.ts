// Operator mode in the UI, on a fake API server with a small operator behind it, with the rights of a platform user and no more:
// the own namespace is found, a desktop starts, warns before it is stopped, stops, goes on and goes; refusals are said in words.
import type { Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { openCoreClient } from '../../drivers/core-client.ts'
import type { AppDriver } from '../../drivers/driver.ts'
import { session, stage } from '../../drivers/library.ts'
import { createFakePlatform, userAllows, type FakePlatform } from '../../fakes/fake-platform.ts'
import type { WantedCondition } from '../../../shared/domain/conditions.ts'
import type { TemplateSpecInput } from '../../../shared/domain/template.ts'

const CAD: TemplateSpecInput = {
  displayName: 'CAD workstation',
  image: 'registry.test/cad:1',
  storage: { home: { size: '10Gi' } },
}
let platform: FakePlatform
test.beforeEach(async () => {
  platform = await createFakePlatform()
  platform.offer('cad', CAD)
})
test.afterEach(() => platform.api.close())

/** Adds the cluster; desktops are looked at here, not opened. */
async function addCluster({ page, host }: AppDriver): Promise<void> {
  if (host) {
    const core = await openCoreClient(page.context(), host.origin)
    await core.call('settings.set', { openWhenReady: false })
    core.close()
  }
  await page.getByRole('button', { name: 'Paste', exact: true }).click()
  await page.getByRole('textbox', { name: 'Kubeconfig' }).fill(platform.api.kubeconfig())
  await page.getByRole('button', { name: 'Add cluster' }).click()
}
async function useCluster(app: AppDriver): Promise<void> {
  await addCluster(app)
  await expect(app.page.getByRole('button', { name: /^Switch cluster.*Live/ })).toBeVisible()
}
const start = (page: Page) => page.getByRole('button', { name: 'Start CAD workstation', exact: true })
const card = (page: Page) => session(page, 'CAD workstation')
/** Name of the only session's pod, once the operator has made it. */
async function pod(): Promise<string> {
  const path = { group: '', version: 'v1', plural: 'pods' }
  const pods = () => platform.api.store.list(path, { namespace: platform.namespace })
  await expect.poll(() => pods().length).toBe(1)
  return pods()[0]?.metadata.name ?? ''
}
/** A desktop that runs. @returns its name */
async function runs(app: AppDriver): Promise<string> {
  await useCluster(app)
  await start(app.page).click()
  const name = await pod()
  platform.run(name)
  await expect(card(app.page)).toHaveAttribute('data-phase', 'running')
  return name
}
const specOf = (name: string) =>
  platform.sessions().find(({ metadata }) => metadata.name === name)?.['spec'] as Readonly<Record<string, unknown>>

test('the own namespace is found by name, and a start shows its stages until the desktop can be opened', async ({
  app,
}) => {
  const { page } = app
  await useCluster(app)
  expect(platform.api.requests.some(({ kind, plural }) => kind === 'list' && plural === 'namespaces')).toBe(false)
  await start(page).click()
  await expect(stage(page, 'CAD workstation', 'asked')).toHaveAttribute('data-state', 'done')
  const name = await pod()
  expect(specOf(name)).toMatchObject({ owner: 'jane', templateRef: { name: 'cad' }, displayName: 'CAD workstation' })
  platform.run(name)
  await expect(page.getByRole('button', { name: 'Open CAD workstation' })).toBeEnabled()
  await expect(card(page)).toContainText('gpu-a')
})

test('the idle warning counts down, and "keep running" takes it away', async ({ app }) => {
  const { page } = app
  const name = await runs(app)
  platform.operator.say(name, { idleStopAt: new Date(Date.now() + 175_000).toISOString() })
  await expect(card(page)).toContainText('Stops in 3 min.')
  await page.getByRole('button', { name: 'Keep running CAD workstation' }).click()
  await expect(card(page)).not.toContainText('Stops in')
  const [object] = platform.sessions()
  expect(object?.metadata['annotations']).toHaveProperty(['vdi.kasm-operator.io/heartbeat'])
})

test('an idle stop says why, keeps the home, and the desktop starts again', async ({ app }) => {
  const { page } = app
  const name = await runs(app)
  platform.operator.end(name, 'IdleTimeout')
  await expect(card(page)).toContainText('Stopped because nobody used it.')
  await expect(card(page)).toContainText('Its home is kept.')
  await page.getByRole('button', { name: 'Start again: CAD workstation' }).click()
  await expect(card(page)).toHaveAttribute('data-phase', 'starting')
  platform.run(await pod())
  await expect(card(page)).toHaveAttribute('data-phase', 'running')
})

test('a stop and a removal with the home are one change of the session each', async ({ app }) => {
  const { page } = app
  const name = await runs(app)
  await page.getByRole('button', { name: 'Stop CAD workstation', exact: true }).click()
  await expect(card(page)).toHaveAttribute('data-phase', 'stopped')
  expect(specOf(name)).toMatchObject({ desiredState: 'Stopped' })
  await page.getByRole('button', { name: 'Remove CAD workstation', exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('radio', { name: /Delete the home too/ }).click()
  await dialog.getByRole('button', { name: 'Remove and delete the home' }).click()
  await expect(card(page)).toHaveCount(0)
  expect(platform.sessions()).toEqual([])
  const claims = { group: '', version: 'v1', plural: 'persistentvolumeclaims' }
  expect(platform.api.store.list(claims, { namespace: platform.namespace })).toEqual([])
})

test('a start that is cancelled leaves nothing', async ({ app }) => {
  await useCluster(app)
  await start(app.page).click()
  await pod()
  await app.page.getByRole('button', { name: 'Cancel the start of CAD workstation' }).click()
  await expect(card(app.page)).toHaveCount(0)
  await expect.poll(() => platform.sessions()).toEqual([])
})

test('a newer template is a hint on a desktop that runs', async ({ app }) => {
  const name = await runs(app)
  const [object] = platform.sessions()
  const condition = {
    type: 'TemplateDrifted',
    status: 'True' as const,
    reason: 'TemplateChanged',
    message: '',
    lastTransitionTime: new Date().toISOString(),
  }
  const status = object?.['status'] as { readonly conditions?: readonly (typeof condition)[] } | undefined
  platform.operator.say(name, { conditions: [...(status?.conditions ?? []), condition] })
  await expect(card(app.page)).toContainText('A newer version of this template is there')
})

const stalled = (reason: WantedCondition['reason'], message: string): readonly WantedCondition[] => [
  { type: 'Stalled', status: 'True', reason, message },
]
const words: readonly (readonly [WantedCondition['reason'], string, RegExp])[] = [
  ['NotAllowed', 'You may not start it.', /You may not use the template CAD workstation/],
  ['TooManySessions', 'You have 1 of at most 1.', /You have as many desktops as you may have/],
  ['AdmissionDenied', 'pods "x" is forbidden: denied', /The cluster refuses this desktop/],
]
for (const [reason, message, said] of words)
  test(`what the operator does not start is said in words: ${reason}`, async ({ app }) => {
    platform.operator.refuses.set('cad', stalled(reason, message))
    await useCluster(app)
    await start(app.page).click()
    await expect(card(app.page)).toHaveAttribute('data-phase', 'failed')
    await expect(card(app.page)).toContainText(said)
  })

test('what the API server refuses is said with its next step, and leaves nothing', async ({ app }) => {
  const { page } = app
  await useCluster(app)
  const message = 'vdisessions "x" is forbidden: exceeded quota: kasm-operator, requested: count/vdisessions=1'
  platform.api.faults.add(
    { type: 'status', status: 403, reason: 'Forbidden', message },
    { kind: 'create', plural: 'vdisessions' },
  )
  await start(page).click()
  await expect(page.getByRole('alert')).toContainText('Your quota in this namespace is used up.')
  expect(platform.sessions()).toEqual([])
})

test('somebody whom no admin has added reads what to do, and gets in once they are added', async ({ app }) => {
  const { page } = app
  platform.api.allows = () => false
  await addCluster(app)
  const panel = page.getByRole('region', { name: 'An admin has to add you first' })
  await expect(panel).toContainText('Give your admin the name by which this cluster knows you: jane')
  platform.api.allows = userAllows('jane')
  await panel.getByRole('button', { name: 'Try again' }).click()
  await expect(start(page)).toBeEnabled()
})

test('a desktop that was started ahead is there at the click', async ({ app }) => {
  platform.offer('cad', { ...CAD, startAhead: { enabled: true } })
  await useCluster(app)
  const name = await pod()
  platform.run(name)
  expect(specOf(name)).toMatchObject({ startAhead: true })
  await expect(card(app.page)).toHaveCount(0)
  await start(app.page).click()
  await expect(card(app.page)).toHaveAttribute('data-phase', 'running')
  expect(platform.sessions()).toHaveLength(1)
  expect(specOf(name)).toMatchObject({ startAhead: false })
})
