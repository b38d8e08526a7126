// What Vite builds: one entry per process of the product. Everything is bundled, so nothing of node_modules ships.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import react from '@vitejs/plugin-react'
import type { InlineConfig } from 'vite'

const root = join(import.meta.dirname, '..')
const out = (name: string) => join(root, 'out', name)
const base: InlineConfig = { configFile: false, logLevel: 'warn', clearScreen: false }

/** A program for Node: one ESM file, everything bundled but Electron itself. */
export function nodeProgram(name: string, entry: string): InlineConfig {
  return {
    ...base,
    root,
    // client-node and ws look for optional native helpers; they are not wanted in a bundle
    define: { 'process.env.WS_NO_BUFFER_UTIL': '"1"', 'process.env.WS_NO_UTF_8_VALIDATE': '"1"' },
    ssr: { noExternal: true, external: ['electron'], target: 'node' },
    build: {
      ssr: join(root, entry),
      target: 'node24',
      outDir: out(name),
      emptyOutDir: true,
      minify: false,
      sourcemap: false,
      rollupOptions: {
        external: ['electron', 'bufferutil', 'utf-8-validate'],
        // CommonJS packages inside an ES module ask for `require`
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          banner:
            "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
        },
      },
    },
  }
}

/** The preload script: CommonJS and a single file, as a sandboxed window asks for. */
const preload: InlineConfig = {
  ...base,
  root,
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: join(root, 'preload/index.ts'),
    target: 'node24',
    outDir: out('preload'),
    emptyOutDir: true,
    minify: false,
    rollupOptions: {
      external: ['electron'],
      output: { format: 'cjs', entryFileNames: 'index.cjs', inlineDynamicImports: true },
    },
  },
}

/** The UI: every page that stands in renderer/. */
export const renderer: InlineConfig = {
  ...base,
  root: join(root, 'renderer'),
  base: '/',
  plugins: [react()],
  css: { modules: { generateScopedName: '[name]_[local]_[hash:base64:4]' } },
  build: {
    target: 'chrome150',
    outDir: out('renderer'),
    emptyOutDir: true,
    // `data:` fonts and scripts would need holes in the CSP
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: {
      input: ['index.html', 'viewer.html', 'demo.html']
        .map((page) => join(root, 'renderer', page))
        .filter((page) => existsSync(page)),
    },
  },
}

/** Build targets by name, in the order in which they are built. */
export const targets: Readonly<Record<string, InlineConfig>> = {
  renderer,
  preload,
  main: nodeProgram('main', 'main/index.ts'),
  gateway: nodeProgram('gateway', 'gateway/main-local.ts'),
  operator: nodeProgram('operator', 'operator/index.ts'),
  homes: nodeProgram('homes', 'operator/homes/index.ts'),
  'relay-agent': nodeProgram('relay-agent', 'operator/relay-agent/index.ts'),
  bootstrap: nodeProgram('bootstrap', 'operator/bootstrap/index.ts'),
}
