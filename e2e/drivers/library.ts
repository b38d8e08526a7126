// The library's page as a person uses it, and what the namespace holds, as the admin sees it.
import type { Locator, Page } from '@playwright/test'
import type { TestCluster } from '../cluster/index.ts'
import { LABEL, TEMPLATE_KEY } from '../../shared/product.ts'
import type { TemplateSpecInput } from '../../shared/domain/template.ts'
import { expect } from './app-driver.ts'
import { connected } from './viewer.ts'

/** A stage as the timeline shows it. */
export interface ShownStage {
  readonly name: string
  readonly state: string
  /** "0.4 s", "skipped" or empty. */
  readonly time: string
}

declare global {
  interface Window {
    /** Every state that a timeline showed, oldest first; put there by `watchStages`. */
    specStages?: ShownStage[]
  }
}

/** Takes the only cluster that was found. */
export async function useCluster(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^Use / }).click()
}

/** Takes the only cluster that was found, and waits until its templates are there. */
export async function takeCluster(page: Page): Promise<void> {
  await useCluster(page)
  await expect(page.getByRole('button', { name: 'Start Browser', exact: true })).toBeEnabled({ timeout: 30_000 })
}

export async function clickStart(page: Page, template: string): Promise<void> {
  await page.getByRole('button', { name: `Start ${template}`, exact: true }).click()
}

/** The card or row of the only session with this name. */
export function session(page: Page, name: string): Locator {
  return page.locator('[data-session]').filter({ has: page.getByRole('heading', { name, exact: true }) })
}

export function stage(page: Page, name: string, which: string): Locator {
  return session(page, name).locator(`[data-stage="${which}"]`)
}

/** Does something after which a desktop's tab opens by itself; when none does, the failure says what the page shows instead. @returns the tab, with its picture */
export async function opensByItself(page: Page, act: () => Promise<void>, timeoutMs = 100_000): Promise<Page> {
  const [viewer] = await Promise.all([
    page
      .context()
      .waitForEvent('page', { timeout: timeoutMs })
      .catch(async (error: unknown) => {
        throw new Error(`no tab opened by itself; the page shows:\n${await page.locator('body').innerText()}`, {
          cause: error,
        })
      }),
    act(),
  ])
  await connected(viewer)
  return viewer
}

/** Writes down every stage that the page shows from now on, whatever replaces the card later. */
export async function watchStages(page: Page): Promise<void> {
  await page.evaluate(() => {
    const seen: ShownStage[] = (window.specStages = [])
    const last = new Map<string, string>()
    const look = (): void => {
      for (const row of document.querySelectorAll<HTMLElement>('[data-stage]')) {
        const { stage: name = '', state = '' } = row.dataset
        const time = row.children[2]?.textContent ?? ''
        const key = `${state} ${state === 'active' ? '' : time}`
        if (last.get(name) === key) continue
        last.set(name, key)
        seen.push({ name, state, time })
      }
    }
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
      attributeFilter: ['data-state'],
    })
    look()
  })
}

/** What `watchStages` wrote down. */
export function shownStages(page: Page): Promise<readonly ShownStage[]> {
  return page.evaluate(() => window.specStages ?? [])
}

/** `kind/name` of everything in a namespace that a start could make. @param selector all, or those with this label */
export async function objectsOf(
  cluster: TestCluster,
  namespace: string,
  selector: string = LABEL.template,
): Promise<readonly string[]> {
  const names = await cluster.kubectl([
    ...['get', 'pods,secrets,persistentvolumeclaims,services,configmaps', '-n', namespace],
    ...(selector === '' ? [] : ['-l', selector]),
    ...['-o', 'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.uid}{"\\n"}{end}'],
  ])
  return names
    .split('\n')
    .filter((line) => line !== '')
    .toSorted()
}

/** Kinds of the objects alone, for a count that reads well. */
export async function kindsOf(cluster: TestCluster, namespace: string): Promise<readonly string[]> {
  return (await objectsOf(cluster, namespace)).map((line) => line.split('/')[0] ?? '')
}

/** A template in a labelled ConfigMap, as an admin would write it. */
export async function writeTemplate(
  cluster: TestCluster,
  namespace: string,
  id: string,
  spec: TemplateSpecInput,
): Promise<void> {
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: id, namespace, labels: { [LABEL.template]: 'true' } },
      data: { [TEMPLATE_KEY]: JSON.stringify(spec) },
    }),
  )
}
