import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'

// Unit and contract tests stand beside the code. Browser specs are Playwright's (e2e/specs), cluster specs too.
export default defineConfig({
  plugins: [react()],
  test: {
    include: [
      '{shared,kube,main,preload,renderer,gateway,operator,scripts,images,e2e/fakes,e2e/cluster,e2e/bench}/**/*.test.{ts,tsx}',
    ],
    environment: 'node',
    restoreMocks: true,
    // 2 cores in CI, and tests of time-outs that wait: one more than the cores fills them
    maxWorkers: 3,
    testTimeout: 15_000,
  },
})
