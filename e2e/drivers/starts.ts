// A start that may not go well, as a person sees it: the template of a desktop with a fate, its stages in the catalogue's words.
import type { Page } from '@playwright/test'
import { CATALOG, type ErrorCode } from '../../shared/error-catalog.ts'
import type { StageName } from '../../shared/domain/session.ts'
import type { TemplateSpecInput } from '../../shared/domain/template.ts'
import { DEFAULT_DESKTOP_IMAGE } from '../../shared/product.ts'
import type { TestCluster } from '../cluster/index.ts'
import { expect } from './app-driver.ts'
import { objectsOf, session, stage, takeCluster, writeTemplate } from './library.ts'

export const NAME = 'Unlucky desktop'
export const ID = 'unlucky'
/** Small enough for a machine that is busy with other things. */
const SMALL = { requests: { cpu: '20m', memory: '64Mi' }, limits: { cpu: '2', memory: '1Gi' } }

/** The catalogue's words with their gaps filled. */
export function words(
  code: ErrorCode,
  values: Readonly<Record<string, string>> = {},
): { sentence: string; nextStep: string } {
  const { sentence, nextStep } = CATALOG[code]
  return { sentence: sentence.replaceAll(/\{(\w+)\}/g, (_, name: string) => values[name] ?? ''), nextStep }
}

export async function expectStage(
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

export async function cancel(page: Page): Promise<void> {
  await page.getByRole('button', { name: `Cancel the start of ${NAME}` }).click()
  await expect(session(page, NAME)).toHaveCount(0, { timeout: 30_000 })
}

export async function expectNothingLeft(
  cluster: TestCluster,
  namespace: string,
  before: readonly string[],
): Promise<void> {
  await expect.poll(() => objectsOf(cluster, namespace, ''), { timeout: 30_000 }).toEqual(before)
}

/** Writes the template, takes the cluster. @returns what the namespace holds before the start */
export async function prepare(
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
