// The house's zones as a lint rule: which folder may import which, and which dependency may run where.
// A dependency that the table does not name fails until someone writes down where it may run.
import { posix, relative, sep } from 'node:path'

/** Zone -> zones it may import (itself included), and whether Node's and Electron's modules are allowed. */
const ZONES = {
  shared: { imports: ['shared'], node: false, electron: false },
  kube: { imports: ['kube', 'shared'], node: true, electron: false },
  main: { imports: ['main', 'kube', 'shared'], node: true, electron: false },
  'main/electron': { imports: ['main/electron', 'main', 'kube', 'shared'], node: true, electron: true },
  preload: { imports: ['preload', 'shared/ipc'], node: false, electron: true },
  renderer: { imports: ['renderer', 'shared'], node: false, electron: false },
  operator: { imports: ['operator', 'kube', 'shared'], node: true, electron: false },
  gateway: { imports: ['gateway', 'main', 'kube', 'shared'], node: true, electron: false },
  tools: { imports: ['*'], node: true, electron: false },
}

/** Dependency -> zones in which it may run. Tests may also use what is listed under `tests`. */
const DEPENDENCIES = {
  'zod/mini': ['shared', 'renderer', 'kube', 'main', 'gateway', 'operator', 'tools'],
  '@kubernetes/client-node': ['kube', 'tools'],
  undici: ['kube', 'main', 'operator', 'tools'],
  ws: ['kube', 'main', 'gateway', 'operator', 'tools'],
  yaml: ['kube', 'main', 'operator', 'tools'],
  pino: ['main', 'operator', 'gateway'],
  react: ['renderer'],
  'react-dom': ['renderer'],
  zustand: ['renderer'],
  '@base-ui/react': ['renderer'],
  'lucide-react': ['renderer'],
  '@fontsource-variable/inter': ['renderer'],
  '@fontsource-variable/geist-mono': ['renderer'],
  'simple-peer': ['renderer'],
}
const TEST_DEPENDENCIES = [
  'vitest',
  '@testing-library/react',
  'happy-dom',
  'ws',
  'undici',
  'yaml',
  '@kubernetes/client-node',
  'react',
  'node',
]
const TOOL_DEPENDENCIES = [
  'vite',
  'vitest',
  '@vitejs/plugin-react',
  '@playwright/test',
  '@axe-core/playwright',
  'typescript',
  'electron-builder',
  'react',
  'react-dom',
  'zustand',
]

/** @param {string} path relative to the repository root, with forward slashes */
function zoneOf(path) {
  if (path.startsWith('main/electron/') || path === 'main/index.ts') return 'main/electron'
  const top = path.split('/')[0] ?? ''
  if (top in ZONES) return top
  return 'tools'
}

/** The package of a bare specifier: `zod/mini` stays whole, since plain `zod` is not allowed. */
function packageOf(specifier) {
  if (specifier === 'zod' || specifier.startsWith('zod/')) return specifier
  const parts = specifier.split('/')
  return specifier.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? specifier)
}

/** Why an import is not allowed, or null. Exported for its test. */
export function refusal(file, specifier) {
  const zone = zoneOf(file)
  const rules = ZONES[zone]
  const isTest = /\.(test|contract)\.tsx?$|(^|\/)(testing|fakes)\//.test(file) || file.endsWith('-fixture.ts')
  if (specifier.startsWith('.')) {
    const target = posix.normalize(posix.join(posix.dirname(file), specifier))
    const targetZone = zoneOf(target)
    if (rules.imports.includes('*') || rules.imports.includes(targetZone)) return null
    if (rules.imports.some((allowed) => allowed.includes('/') && target.startsWith(`${allowed}/`))) return null
    // the version is read from the one place that has it
    if (target === 'package.json' && rules.node) return null
    // a test may use the fakes
    if (isTest && target.startsWith('e2e/fakes/')) return null
    return `${zone} may not import ${targetZone} (${rules.imports.join(', ')} only)`
  }
  if (specifier === 'electron')
    return rules.electron || (isTest && zone !== 'renderer' && zone !== 'shared')
      ? null
      : `${zone} may not import electron`
  if (specifier.startsWith('node:'))
    return rules.node || isTest || zone === 'tools' ? null : `${zone} may not import ${specifier}`
  const name = packageOf(specifier)
  if (
    (DEPENDENCIES[name] ?? []).some((allowed) => allowed === zone || (allowed === 'main' && zone === 'main/electron'))
  )
    return null
  if (isTest && TEST_DEPENDENCIES.includes(name)) return null
  if (zone === 'tools' && (TOOL_DEPENDENCIES.includes(name) || name in DEPENDENCIES)) return null
  return `${name} is not in the dependency table for ${zone} (scripts/lint/zones.js): write down where it may run`
}

const zones = {
  create(context) {
    const root = context.cwd ?? process.cwd()
    const file = relative(root, context.filename ?? context.getFilename())
      .split(sep)
      .join('/')
    const check = (node) => {
      const specifier = node?.value
      if (typeof specifier !== 'string') return
      const problem = refusal(file, specifier.split('?')[0])
      if (problem) context.report({ node, message: problem })
    }
    return {
      ImportDeclaration: (node) => check(node.source),
      ExportNamedDeclaration: (node) => check(node.source),
      ExportAllDeclaration: (node) => check(node.source),
      ImportExpression: (node) => check(node.source),
    }
  },
}

/** Every file says at its top what it is for. */
const header = {
  create(context) {
    return {
      Program(node) {
        const first = context.sourceCode.getAllComments()[0]
        const start = node.body[0]?.range?.[0] ?? Infinity
        if (!first || first.range[0] > start)
          context.report({
            node,
            message: 'begin the file with one to four comment lines: what it is for, and its policy',
          })
      },
    }
  },
}

export default { meta: { name: 'kasm' }, rules: { zones, header } }
