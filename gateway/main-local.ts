// `npm start` where no Electron runtime is there: the web host for this person on this machine. Prints the link and opens the
// browser when it can; Enter prints a new link, Ctrl-C ends everything.
import { spawn } from 'node:child_process'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import packageJson from '../package.json' with { type: 'json' }
import { defaultDataDir } from '../main/data-dir.ts'
import { PRODUCT_NAME } from '../shared/product.ts'
import { startLocalGateway } from './local.ts'
import { browserCommand, portFrom } from './start-options.ts'

const { env, platform } = process
const fromSource = import.meta.filename.endsWith('.ts')
const port = portFrom(env['KASM_PORT'])
if (port === null) {
  console.error(`KASM_PORT is ${env['KASM_PORT'] ?? ''}: it must be a number from 0 to 65535.`)
  process.exit(2)
}

const gateway = await startLocalGateway({
  host: { version: packageJson.version, platform, hostNote: env['KASM_HOST_NOTE'] },
  dataDir: defaultDataDir(platform, env, homedir()),
  env,
  staticDir: join(import.meta.dirname, fromSource ? '../out/renderer' : '../renderer'),
  port,
}).catch((thrown: unknown) => {
  const busy = (thrown as NodeJS.ErrnoException).code === 'EADDRINUSE'
  console.error(busy ? `Port ${port} is in use; set KASM_PORT to another one, or to 0.` : String(thrown))
  process.exit(1)
})

console.log(
  `\n  ${PRODUCT_NAME} ${packageJson.version}\n\n  Open  ${gateway.url}\n  The link works once. Press Enter for a new one, Ctrl-C to end.\n`,
)
const [command, ...args] = browserCommand(platform, gateway.url)
if (!env['KASM_NO_OPEN'] && command !== undefined) {
  const browser = spawn(command, args, { stdio: 'ignore', detached: true })
  // no browser here (a server, a container): the printed link is enough
  browser.on('error', () => undefined)
  browser.unref()
}
if (process.stdin.isTTY)
  createInterface({ input: process.stdin }).on('line', () => console.log(`  Open  ${gateway.newLoginUrl()}\n`))

let ending = false
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(signal, () => {
    // a second Ctrl-C does not wait
    if (ending) process.exit(1)
    ending = true
    void gateway.close().then(
      () => process.exit(0),
      (thrown: unknown) => {
        console.error(String(thrown))
        process.exit(1)
      },
    )
  })
