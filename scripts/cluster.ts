// `npm run cluster:up|cluster:down`, `npm run cluster -- build|up|down|status|user NAME [NAMESPACE]`: a real Kubernetes on this Linux
// machine, for people and for tests. `up` twice changes nothing; `down` leaves nothing behind.
import { userInfo } from 'node:os'
import { buildDesktopImage, imageCache } from '../images/desktop/build.ts'
import { buildOperatorImage } from '../images/operator/build.ts'
import { buildCluster } from '../e2e/cluster/build.ts'
import { leftovers, takeDown } from '../e2e/cluster/down.ts'
import { startCluster, type TestCluster } from '../e2e/cluster/index.ts'
import {
  addContexts,
  callingPerson,
  contextFrom,
  dropContexts,
  knownPeople,
  kubeconfigOf,
  objectName,
  rememberPerson,
} from '../e2e/cluster/person.ts'
import { buildHelm, buildKubeconform, buildTraefik } from '../e2e/cluster/tools.ts'
import { fixturesFolder } from '../e2e/cluster/settings.ts'
import { machineProblems, rootProblems } from '../e2e/cluster/toolchain.ts'
import { deadDaemons, running } from '../e2e/cluster/up.ts'
import { requireNode24 } from './node-version.ts'

requireNode24()
const [command = 'status', ...args] = process.argv.slice(2)

/** The contexts that people see: one with a desktop user's rights, one for a look at the whole cluster. */
const CONTEXT = 'kasm-local'
const ADMIN_CONTEXT = 'kasm-local-admin'

/** Gives the caller a namespace, a restricted user and the contexts for it where the app looks. */
async function introduce(cluster: TestCluster): Promise<void> {
  const person = await callingPerson(process.env)
  const name = objectName(person.name)
  const user = await cluster.user(name, `desktops-${name}`)
  rememberPerson(person)
  const changed = addContexts(person, [contextFrom(CONTEXT, user), contextFrom(ADMIN_CONTEXT, cluster.kubeconfigPath)])
  const path = kubeconfigOf(person)
  console.log(
    changed ? `up. ${path} has the contexts ${CONTEXT} and ${ADMIN_CONTEXT} now.` : 'up. Nothing had to change.',
  )
  console.log(`Your desktops: npm start, then choose ${CONTEXT} (${ADMIN_CONTEXT} shows the whole cluster)`)
  // sudo hides the caller's environment, so this cannot be looked up
  console.log(`If you have set KUBECONFIG, add the file to it: KUBECONFIG="$KUBECONFIG:${path}" npm start`)
}

/** Takes the contexts away from everybody who got them. A file that cannot be changed is said and does not keep the cluster up. */
async function forget(): Promise<void> {
  const caller = await callingPerson(process.env)
  const people = [...knownPeople().filter(({ uid }) => uid !== caller.uid), caller]
  for (const person of people) {
    try {
      if (dropContexts(person)) console.log(`${kubeconfigOf(person)}: the contexts are gone again`)
    } catch (error) {
      console.error(`not changed: ${error instanceof Error ? error.message : String(error)}`)
    }
  }
}

async function main(): Promise<number> {
  // Go's caches go by HOME, and none of root's may end up in the home of whoever called sudo
  if (process.getuid?.() === 0 && process.env['SUDO_UID'] !== undefined) process.env['HOME'] = userInfo().homedir

  if (command === 'status') {
    const state = await running()
    console.log(state === null ? 'not up' : 'up')
    for (const reason of state?.notRun ?? []) console.log(reason)
    for (const name of state === null ? [] : deadDaemons())
      console.log(`${name} has ended: cluster:down, then cluster:up`)
    return state === null ? 1 : 0
  }
  // taking it down needs none of what building it needs
  const problems = command === 'down' ? rootProblems() : machineProblems(fixturesFolder() !== null)
  if (problems.length > 0) {
    for (const problem of problems) console.error(problem)
    return 1
  }
  switch (command) {
    case 'build':
      await buildCluster(console.log)
      await Promise.all([buildHelm(console.log), buildKubeconform(console.log), buildTraefik(console.log)])
      console.log(await buildDesktopImage(imageCache(), console.log))
      console.log(await buildOperatorImage(imageCache(), console.log))
      return 0
    case 'up': {
      const cluster = await startCluster(console.log)
      for (const reason of cluster.notRun) console.log(reason)
      if (args.includes('--bare')) {
        console.log(`up, bare: ${cluster.kubectlPath} --kubeconfig ${cluster.kubeconfigPath} get nodes`)
        return 0
      }
      await cluster.importImage(await buildDesktopImage(imageCache(), console.log))
      await introduce(cluster)
      return 0
    }
    case 'user': {
      const [name, namespace = name] = args
      if (name === undefined || namespace === undefined) break
      console.log(await (await startCluster(console.log)).user(name, namespace))
      return 0
    }
    case 'down': {
      await forget()
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
