// `npm run build [-- TARGET...]`: builds the given targets, or all of them, into out/.
import { build } from 'vite'
import { targets } from './build-targets.ts'
import { requireNode24 } from './node-version.ts'

requireNode24()
const wanted = process.argv.slice(2)
for (const name of wanted.length > 0 ? wanted : Object.keys(targets)) {
  const config = targets[name]
  if (!config) {
    console.error(`no build target ${name}; there are ${Object.keys(targets).join(', ')}`)
    process.exit(2)
  }
  const started = performance.now()
  await build(config)
  console.log(`built ${name} in ${Math.round(performance.now() - started)} ms`)
}
