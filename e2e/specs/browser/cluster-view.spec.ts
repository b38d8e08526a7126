// The cluster view on the demo, as its admin uses it: who holds which slice, an own desktop on the map, who waits, stopping another's.
import { AxeBuilder } from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, test } from '../../drivers/app-driver.ts'
import { chooseDemo, desktopCard, setOpenWhenReady } from '../../drivers/demo.ts'

// at its own pace: nobody goes home while a test looks at them
test.use({ appOptions: { kubeconfigs: [], env: {} } })

/** From the desktops to the whole cluster. */
async function openCluster(page: Page): Promise<void> {
  await page.getByRole('link', { name: 'Cluster', exact: true }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Cluster' })).toBeVisible()
  await expect(page.getByRole('heading', { name: /^\d+ of \d+ slices in use\. / })).toBeVisible()
}
async function openTab(page: Page, name: string): Promise<void> {
  const tab = page.getByRole('navigation', { name: 'Cluster' }).getByRole('link', { name })
  await tab.click()
  await expect(tab).toHaveAttribute('aria-current', 'page')
}
const heldBy = (page: Page, who: string): Locator =>
  page.getByRole('button', { name: new RegExp(`^Slice \\d+ of GPU \\d+ on .*: ${who}, `) })

test('a desktop that starts takes its slice on the map, and leaves it when it stops', async ({ app: { page } }) => {
  await chooseDemo(page)
  await setOpenWhenReady(page, false)
  await openCluster(page)
  await expect(page.getByRole('grid').first()).toBeVisible()
  await expect(heldBy(page, 'you')).toHaveCount(0)
  await expect(heldBy(page, '\\w+').first()).toBeVisible()

  await page.getByRole('link', { name: 'Desktops' }).click()
  await page.getByRole('button', { name: 'Start Ubuntu desktop', exact: true }).click()
  await expect(desktopCard(page, 'Ubuntu desktop')).toContainText(/since \d\d:\d\d/, { timeout: 30_000 })
  await openCluster(page)
  const own = heldBy(page, 'you')
  await expect(own).toHaveCount(1)

  await own.click()
  const details = page.getByRole('complementary', { name: /^you: / })
  await expect(details).toBeFocused()
  await expect(details.getByRole('listitem')).toHaveCount(4)
  await expect(details).toContainText(/GPU \d+, slice \d+ of \d+/)
  await details.getByRole('button', { name: 'Stop desktop…' }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Stop desktop' }).click()
  await expect(own).toHaveCount(0)
})

test('stopping somebody’s desktop asks first and ends that one alone', async ({ app: { page } }) => {
  await chooseDemo(page)
  await openCluster(page)
  await openTab(page, 'Sessions')
  const rows = page.getByRole('table', { name: 'Sessions' }).getByRole('rowheader').getByRole('button')
  await expect(rows.first()).toBeVisible()
  await page.getByRole('button', { name: 'Person', exact: true }).click()
  await expect(page.getByRole('columnheader', { name: 'Person' })).toHaveAttribute('aria-sort', 'ascending')
  const first = rows.first()
  await first.focus()
  await page.keyboard.press('ArrowDown')
  await expect(rows.nth(1)).toBeFocused()

  await page.keyboard.press('Enter')
  const details = page.getByRole('complementary', { name: /: / })
  const pod = await details.getByText(/^[\w-]+\/[\w-]+$/).innerText()
  await details.getByRole('button', { name: 'Stop desktop…' }).click()
  const question = page.getByRole('dialog')
  await expect(question).toContainText('files in the home stay')
  await question.getByRole('button', { name: 'Keep running' }).click()
  await expect(details).toContainText('Running')
  await details.getByRole('button', { name: 'Stop desktop…' }).click()
  await question.getByRole('button', { name: 'Stop desktop' }).click()
  await expect(page.getByRole('region', { name: 'Messages' })).toContainText('The home stays.')
  await page.getByRole('searchbox', { name: 'Search people, desktops and nodes' }).fill(pod.split('/')[1] ?? '')
  await expect(page.getByRole('heading', { name: /^Nothing here is called/ })).toBeVisible()
})

test('who waits is told with the reason and the scheduler’s own words', async ({ app: { page } }) => {
  await chooseDemo(page)
  await setOpenWhenReady(page, false)
  await page.getByRole('button', { name: 'Wait in line for CAD workstation' }).click()
  await expect(desktopCard(page, 'CAD workstation')).toContainText('No free GPU slice.')
  await openCluster(page)
  await expect(page.getByRole('heading', { name: /1 person waits\.$/ })).toBeVisible()
  await page.getByRole('link', { name: 'All reasons' }).click()
  const card = page.getByRole('article', { name: 'you' })
  await card.getByRole('button', { name: 'Kubernetes says' }).click()
  await expect(card).toContainText('Insufficient nvidia.com/gpu')
})

test('keys lead to the map, walk it, and Esc leads back to the slice', async ({ app: { page } }) => {
  await chooseDemo(page)
  await expect(page.getByRole('link', { name: 'Cluster', exact: true })).toBeVisible()
  await page.keyboard.press('g')
  await page.keyboard.press('c')
  await expect(page.getByRole('grid').first()).toBeVisible()
  const slices = page.getByRole('button', { name: /^Slice \d+ of / })
  await slices.first().focus()
  await page.keyboard.press('ArrowRight')
  await expect(slices.nth(1)).toBeFocused()
  await page.keyboard.press('Control+End')
  await expect(slices.last()).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('complementary', { name: /: |Slice/ })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(slices.last()).toBeFocused()
})

for (const colorScheme of ['light', 'dark'] as const)
  for (const width of [1440, 900, 320])
    test.describe(`${colorScheme}, ${width} px`, () => {
      test.use({ colorScheme, viewport: { width, height: 900 }, contextOptions: { reducedMotion: 'reduce' } })
      test('no tab has a violation or is wider than its window', async ({ app: { page } }, info) => {
        const look = async (screen: string): Promise<void> => {
          // without a second page for its last step axe takes two thirds of the time; there is no foreign frame
          const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze()
          expect(
            violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' | ')}`),
            screen,
          ).toEqual([])
          const over = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
          expect(over, `${screen} is wider than its window`).toBeLessThanOrEqual(0)
          await page.screenshot({ path: info.outputPath(`${screen}.png`) })
        }
        await chooseDemo(page)
        await openCluster(page)
        await look('gpus')
        for (const name of ['Sessions', 'Waiting', 'Nodes']) {
          await openTab(page, name)
          await look(name.toLowerCase())
        }
        await openTab(page, 'GPUs')
        await heldBy(page, '\\w+').first().click()
        await expect(page.getByRole('complementary', { name: /: / })).toBeVisible()
        await look('details')
        await page.getByRole('button', { name: 'Stop desktop…' }).click()
        await expect(page.getByRole('dialog')).toBeVisible()
        await look('question')
      })
    })
