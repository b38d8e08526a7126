// `npm run cluster -- build|up|down|status|user NAME [NAMESPACE]`: a real Kubernetes on this Linux machine, for people and for tests.
// `up` twice changes nothing; `down` leaves nothing behind.
import { buildDesktopImage, imageCache } from '../images/desktop/build.ts'
import { buildCluster } from '../e2e/cluster/build.ts'
import { leftovers, takeDown } from '../e2e/cluster/down.ts'
import { startCluster } from '../e2e/cluster/index.ts'
import { fixturesFolder } from '../e2e/cluster/settings.ts'
import { machineProblems } from '../e2e/cluster/toolchain.ts'
import { running } from '../e2e/cluster/up.ts'
import { requireNode24 } from './node-version.ts'

requireNode24()
const [command = 'status', ...args] = process.argv.slice(2)

async function main(): Promise<number> {
  if (command === 'status') {
    const state = await running()
    console.log(state === null ? 'not up' : 'up')
    for (const reason of state?.notRun ?? []) console.log(reason)
    return state === null ? 1 : 0
  }
  const problems = machineProblems(fixturesFolder() !== null)
  if (problems.length > 0) {
    for (const problem of problems) console.error(problem)
    return 1
  }
  switch (command) {
    case 'build':
      await buildCluster(console.log)
      console.log(await buildDesktopImage(imageCache(), console.log))
      return 0
    case 'up': {
      const cluster = await startCluster(console.log)
      if (!args.includes('--bare')) await cluster.importImage(await buildDesktopImage(imageCache(), console.log))
      const user = await cluster.user('desktop-user', 'desktops')
      console.log(`up. Use it:   KUBECONFIG=${user} npm start`)
      console.log(`As the admin: ${cluster.kubectlPath} --kubeconfig ${cluster.kubeconfigPath} get nodes`)
      for (const reason of cluster.notRun) console.log(reason)
      return 0
    }
    case 'user': {
      const [name, namespace = name] = args
      if (name === undefined || namespace === undefined) break
      console.log(await (await startCluster(console.log)).user(name, namespace))
      return 0
    }
    case 'down': {
      console.log((await takeDown()) ? 'down' : 'nothing was up')
      const left = await leftovers()
      for (const line of left) console.error(`left behind: ${line}`)
      return left.length === 0 ? 0 : 1
    }
  }
  console.error('usage: npm run cluster -- build | up [--bare] | down | status | user NAME [NAMESPACE]')
  return 2
}

process.exitCode = await main()
