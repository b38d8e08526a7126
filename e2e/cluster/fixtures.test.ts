// Where the sources come from: the folder first, then the internet in the same versions, else a reason.
import { describe, expect, test, vi } from 'vitest'
import { findFixtures, type Git } from './fixtures.ts'

// the machine of the test may have no compiler
vi.mock(import('./toolchain.ts'), async (load) => ({ ...(await load()), findProgram: (name) => `/usr/bin/${name}` }))

const done = (stdout = '', code = 0): Awaited<ReturnType<Git>> => ({ code, stdout, stderr: '' })

test('without a folder and without the internet it says NOT RUN and what would help', async () => {
  const found = await findFixtures(null, () => Promise.resolve(done('', 128)))
  expect(found).toEqual({ notRun: expect.stringContaining('NOT RUN') as string })
  expect('notRun' in found && found.notRun).toContain('KASM_FIXTURES')
})

test('a machine without git is told the same', async () => {
  const found = await findFixtures(null, () => Promise.reject(new Error('git: not found')))
  expect('notRun' in found && found.notRun).toContain('does not answer')
})

test('a question that nobody answers is given up', async () => {
  const signals: (AbortSignal | undefined)[] = []
  await findFixtures(null, (_args, signal) => {
    signals.push(signal)
    return Promise.reject(new Error('aborted'))
  })
  expect(signals).toEqual([expect.any(AbortSignal)])
})

test('what was built before is used without asking anybody', async () => {
  const found = await findFixtures(
    null,
    () => Promise.reject(new Error('asked')),
    () => true,
  )
  expect('notRun' in found).toBe(false)
})

describe('with the internet', () => {
  test('the tags of the same versions, and the last commit before the fixture was made, are taken', async () => {
    const asked: string[] = []
    const found = await findFixtures(null, (args) => {
      asked.push(args.join(' '))
      return Promise.resolve(done(args.includes('rev-list') ? 'c0ffee\n' : ''))
    })
    if ('notRun' in found) throw new Error(found.notRun)
    asked.length = 0
    await found.kubeRouter.unpack('/folder')
    await found.nvidia.unpack('/folder')
    expect(asked).toEqual([
      expect.stringMatching(/^clone .*--branch=v2\.9\.0 .*kube-router \/folder\/kube-router$/),
      expect.stringMatching(/^clone .*--branch=v0\.20\.0 .*k8s-device-plugin \/folder\/k8s-device-plugin$/),
      expect.stringMatching(/^clone .*k8s-test-infra \/folder\/k8s-test-infra$/),
      expect.stringMatching(/^-C \/folder\/k8s-test-infra rev-list -1 --before=2026-08-21T/),
      '-C /folder/k8s-test-infra checkout --quiet c0ffee',
    ])
    expect(found.nvidia.key.join()).not.toBe(found.kubeRouter.key.join())
  })

  test('a clone that breaks off fails with its own words', async () => {
    const found = await findFixtures(null, (args) =>
      Promise.resolve(args[0] === 'clone' ? { code: 128, stdout: '', stderr: 'early EOF' } : done()),
    )
    if ('notRun' in found) throw new Error(found.notRun)
    await expect(found.kubeRouter.unpack('/folder')).rejects.toThrow('early EOF')
  })
})
