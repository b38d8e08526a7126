// A desktop whose server has turned hostile: pages, redirects, cookies and a gigabyte. Nothing of it runs in the app or leads anywhere.
import { readFileSync } from 'node:fs'
import type { Dialog } from '@playwright/test'
import { expect, test } from '../../drivers/cluster-app.ts'
import { startCanary, startHostileDesktop, type Hostility } from '../../drivers/hostile-desktop.ts'
import { connected } from '../../drivers/viewer.ts'
import { CATALOG } from '../../../shared/error-catalog.ts'
import { HTTP_PORT } from '../../../shared/product.ts'

/** What a flood may cost the host at most, MB: a gigabyte is on offer. */
const MOST_GROWTH_MB = 150
/** Control routes, files, and what no door leads to. */
const PATHS = ['api/status', 'api/turn', 'api/sessions', 'api/files/', 'api/files/note.html', 'index.html', '']

/** Memory of a process, MB. */
function residentMb(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}

test('a desktop that answers with pages, redirects, cookies and a gigabyte runs nothing and reaches nothing', async ({
  app,
  browser,
  core,
  cluster,
  namespace,
  desktop,
}) => {
  // four ways to behave, each with its gigabyte or its waits
  test.setTimeout(300_000)
  const pid = app.host?.pid ?? -1
  const context = app.page.context()
  const origin = app.host?.origin ?? ''
  const dialogs: string[] = []
  const noteDialog = (dialog: Dialog): void => {
    dialogs.push(dialog.message())
    void dialog.dismiss()
  }
  context.on('dialog', noteDialog)
  const cookies = await context.cookies()
  const canary = await startCanary()
  const hostile = await startHostileDesktop(cluster, { namespace, pod: desktop.pod, port: HTTP_PORT }, canary.url)
  try {
    for (const how of ['html', 'redirect', 'flood', 'lure'] as const satisfies readonly Hostility[])
      await test.step(how, async () => {
        hostile.behave(how)
        const before = residentMb(pid)
        let most = before
        const watch = setInterval(() => (most = Math.max(most, residentMb(pid))), 50)
        try {
          const askedBefore = hostile.asked()
          const viewer = await desktop.open()
          // it is asked more than once, and its answers get nobody further
          await expect.poll(() => hostile.asked() - askedBefore, { timeout: 30_000 }).toBeGreaterThan(1)
          const status = viewer.getByRole('status').filter({ hasText: 'Light desktop' })
          await expect(status).toBeVisible()
          await expect(viewer.locator('[data-viewer]')).not.toHaveAttribute('data-state', 'connected')
          if (how !== 'lure')
            await expect(status).toContainText(CATALOG['desktop-unreachable'].sentence, { timeout: 30_000 })
          else {
            // the words are for whoever reads of a failure
            const seen = async (): Promise<string> => (hostile.sockets() > 0 ? 'trusted' : status.innerText())
            await expect.poll(seen, { timeout: 30_000 }).toBe('trusted')
          }
          await viewer.close()

          // somebody who opens a door's addresses in a tab gets inert bytes
          const door = await core.call('sessions.open', { sessionId: desktop.sessionId })
          for (const path of PATHS) {
            const answer = await context.request
              .get(new URL(`${door.base}${path}`, origin).href, { maxRedirects: 0, timeout: 20_000 })
              .catch(() => null)
            if (answer === null) continue
            const headers = answer.headers()
            expect(headers['set-cookie'], path).toBeUndefined()
            expect(headers['location'], path).toBeUndefined()
            expect(headers['refresh'], path).toBeUndefined()
            expect(headers['link'], path).toBeUndefined()
            expect(headers['content-type'] ?? '', path).not.toContain('html')
            expect(headers['content-security-policy'], path).toContain("default-src 'none'")
          }
          if (how === 'html' || how === 'redirect') {
            // a tab without the driver's own scripts, whose being blocked would count as a report
            const bare = await browser.newContext({ storageState: await context.storageState() })
            bare.on('dialog', noteDialog)
            const tab = await bare.newPage()
            // some are downloads, which end no navigation
            for (const path of ['api/status', 'api/files/note.html', ''])
              await tab.goto(new URL(`${door.base}${path}`, origin).href).catch(() => null)
            expect((await bare.cookies()).filter(({ value }) => value === 'script' || value === 'header')).toEqual([])
            await bare.close()
          }
        } finally {
          clearInterval(watch)
        }
        expect(most - before, 'growth of the host in MB').toBeLessThan(MOST_GROWTH_MB)
      })
    expect(canary.requests).toEqual([])
    expect(dialogs).toEqual([])
    expect(await context.cookies()).toEqual(cookies)
  } finally {
    await hostile.stop()
    canary.stop()
  }
  // the genuine server answers again, and nothing stands in its way
  const viewer = await desktop.open()
  await connected(viewer, 60_000)
})
