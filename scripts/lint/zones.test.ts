// The house's borders: each line is an import that must be let through or refused.
import { describe, expect, it } from 'vitest'
import { refusal } from './zones.js'

describe('zones', () => {
  it.each([
    ['shared/errors.ts', './product.ts'],
    ['shared/errors.ts', 'zod/mini'],
    ['kube/client.ts', '../shared/errors.ts'],
    ['kube/client.ts', 'node:fs'],
    ['main/electron/window.ts', 'electron'],
    ['main/index.ts', 'electron'],
    ['preload/index.ts', '../shared/ipc/names.ts'],
    ['renderer/app/main.tsx', 'react'],
    ['renderer/app/main.tsx', '../../shared/domain/session.ts'],
    ['gateway/local.ts', '../main/app.ts'],
    ['e2e/specs/browser/tour.spec.ts', '../../../main/app.ts'],
    ['main/router.test.ts', '../e2e/fakes/api-server.ts'],
  ])('%s may import %s', (file, specifier) => {
    expect(refusal(file, specifier)).toBeNull()
  })

  it.each([
    ['shared/errors.ts', '../kube/client.ts'],
    ['shared/errors.ts', 'node:crypto'],
    ['shared/errors.ts', 'zod'],
    ['kube/client.ts', '../main/app.ts'],
    ['main/app.ts', 'electron'],
    ['main/app.ts', './electron/window.ts'],
    ['preload/index.ts', '../shared/domain/session.ts'],
    ['renderer/app/main.tsx', '../../kube/types.ts'],
    ['renderer/app/main.tsx', '../../main/app-host.ts'],
    ['renderer/app/main.tsx', 'node:path'],
    ['renderer/app/main.tsx', 'electron'],
    ['renderer/app/main.tsx', 'left-pad'],
    ['operator/plan.ts', '../main/app.ts'],
    ['main/app.ts', '../e2e/fakes/api-server.ts'],
  ])('%s may not import %s', (file, specifier) => {
    expect(refusal(file, specifier)).toEqual(expect.any(String))
  })
})
