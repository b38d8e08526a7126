// What the cluster lets through: the rights of a direct-mode user, network policies, Pod Security, and the desktop's own login.
import { CTR } from '../../cluster/node.ts'
import { run } from '../../cluster/process.ts'
import { expect, test } from '../../drivers/cluster-app.ts'
import { clickStart, opensByItself, session, takeCluster } from '../../drivers/library.ts'
import { connected } from '../../drivers/viewer.ts'
import { builtinTemplates } from '../../../shared/domain/builtin-templates.ts'
import { ownerHash } from '../../../shared/domain/hash.ts'
import { accessName } from '../../../shared/domain/names.ts'
import { DEFAULT_DESKTOP_IMAGE, DESKTOP_USER, FIELD_MANAGER_DESKTOP, HTTP_PORT } from '../../../shared/product.ts'
import { renderSession } from '../../../shared/render/render-session.ts'

/** What a direct-mode user has no business with. */
const DENIED: readonly (readonly string[])[] = [
  ['create', 'pods', '--subresource=exec'],
  ['create', 'pods', '--subresource=attach'],
  ['update', 'pods'],
  ['deletecollection', 'pods'],
  ['create', 'deployments.apps'],
  ['get', 'serviceaccounts'],
  ['create', 'serviceaccounts', '--subresource=token'],
  ['create', 'roles.rbac.authorization.k8s.io'],
  ['create', 'rolebindings.rbac.authorization.k8s.io'],
  ['create', 'networkpolicies.networking.k8s.io'],
  ['delete', 'resourcequotas'],
  ['create', 'events'],
  ['list', 'nodes'],
  ['list', 'namespaces'],
  ['get', 'secrets', '-n', 'kube-system'],
  ['list', 'pods', '-n', 'default'],
  ['list', 'pods', '--all-namespaces'],
]

test('the rights of a direct-mode user end at their namespace and at what a desktop needs', async ({
  cluster,
  namespace,
  kubeconfig,
}) => {
  const ask = async (words: readonly string[]): Promise<string> => {
    const where = words.some((word) => word === '-n' || word === '--all-namespaces') ? [] : ['-n', namespace]
    const { stdout } = await cluster.tryKubectl(['auth', 'can-i', ...words, ...where, `--as=${namespace}`])
    return `${words.join(' ')}: ${stdout.trim()}`
  }
  expect(kubeconfig).not.toBe('')
  // the question is one that can be answered with yes
  expect(await ask(['create', 'pods'])).toBe('create pods: yes')
  expect(await ask(['create', 'pods', '--subresource=portforward'])).toMatch(/: yes$/)
  const answers: string[] = []
  for (const words of DENIED) answers.push(await ask(words))
  expect(answers).toEqual(DENIED.map((words) => `${words.join(' ')}: no`))
})

test('with no right to make Services and nothing let in, a desktop starts and its picture comes through the tunnel', async ({
  app,
  cluster,
  namespace,
  kubeconfig,
}) => {
  test.skip(cluster.notRun.length > 0, cluster.notRun.join('; '))
  expect(kubeconfig).not.toBe('')
  const roleName = (await cluster.kubectl(['get', 'role', '-n', namespace, '-o', 'name'])).trim()
  const role = JSON.parse(await cluster.kubectl(['get', '-n', namespace, roleName, '-o', 'json'])) as {
    rules: readonly { resources: readonly string[] }[]
  }
  const rules = role.rules.filter(({ resources }) => !resources.includes('services'))
  expect(rules.length).toBeLessThan(role.rules.length)
  await cluster.apply(JSON.stringify({ ...role, rules }))
  await cluster.apply(
    JSON.stringify({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'default-deny', namespace },
      spec: { podSelector: {}, policyTypes: ['Ingress', 'Egress'], ingress: [], egress: [] },
    }),
  )
  await takeCluster(app.page)
  const viewer = await opensByItself(app.page, () => clickStart(app.page, 'Light desktop'))
  const id = new URL(viewer.url()).searchParams.get('session') ?? ''
  await viewer.close()
  const alone = await app.newWindow(`/viewer?session=${encodeURIComponent(id)}&paths=node,tunnel`)
  await connected(alone)
  await expect(alone.locator('[data-viewer]')).toHaveAttribute('data-mode', 'webrtc')
  await expect(alone.locator('[data-viewer]')).toHaveAttribute('data-path', 'tunnel')
  await alone.close()
  expect((await cluster.kubectl(['get', 'services', '-n', namespace, '-o', 'name'])).trim()).toBe('')
  // and it can be ended without that right too
  await app.page.bringToFront()
  await session(app.page, 'Light desktop').getByRole('button', { name: 'Stop Light desktop' }).click()
  await expect(session(app.page, 'Light desktop')).toHaveAttribute('data-phase', 'stopped', { timeout: 30_000 })
})

test('every desktop that is started wants its own password, and names no public server', async ({
  core,
  clusterId,
  cluster,
  namespace,
}) => {
  const ids = ['light-desktop', 'browser-kiosk', ...(cluster.notRun.length === 0 ? ['full-desktop'] : [])]
  const passwords = new Set<string>()
  for (const templateId of ids)
    await test.step(templateId, async () => {
      const { sessionId } = await core.call('sessions.start', { clusterId, templateId })
      const { name } = await core.wait(
        'sessions',
        ({ sessions }) => sessions.find(({ id, openable }) => id === sessionId && openable),
        90_000,
      )
      const jsonpath = (kind: string, object: string, path: string): Promise<string> =>
        cluster.kubectl(['get', kind, object, '-n', namespace, '-o', `jsonpath=${path}`])
      const ip = await jsonpath('pod', name, '{.status.podIP}')
      const password = Buffer.from(await jsonpath('secret', accessName(name), '{.data.password}'), 'base64').toString()
      expect(password).toMatch(/^[\w-]{40,}$/)
      passwords.add(password)
      const get = (path: string, secret?: string): Promise<Response> => {
        const credential = Buffer.from(`${DESKTOP_USER}:${secret}`).toString('base64')
        const headers: Record<string, string> = secret === undefined ? {} : { Authorization: `Basic ${credential}` }
        return fetch(`http://${ip}:${HTTP_PORT}${path}`, { headers })
      }
      for (const path of [
        '/',
        '/api/turn',
        '/api/webrtc/signaling',
        '/api/websockets',
        '/api/sessions',
        '/api/files/',
      ]) {
        expect((await get(path)).status, path).toBe(401)
        expect((await get(path, 'wrong')).status, path).toBe(401)
      }
      for (const path of ['/api/health', '/api/status']) expect((await get(path)).status, path).toBe(200)
      const turn = await get('/api/turn', password)
      expect(turn.status).toBe(200)
      expect(await turn.json()).toMatchObject({ iceServers: [] })
      await core.call('sessions.remove', { sessionId, deleteHome: true })
    })
  expect(passwords.size).toBe(ids.length)
})

test.describe('LinuxServer webtop', () => {
  const template = builtinTemplates(DEFAULT_DESKTOP_IMAGE).find(({ id }) => id === 'linuxserver-webtop')

  test('is taken by a namespace that allows baseline, and by none that is restricted', async ({
    cluster,
    namespace,
    kubeconfig,
  }) => {
    expect(kubeconfig).not.toBe('')
    if (template === undefined) throw new Error('the template is not built in any more')
    const stamp = new Date().toISOString()
    const { secret, claim, pod, service } = renderSession({
      template,
      session: {
        name: 'linuxserver-webtop-spec00',
        namespace,
        owner: namespace,
        ownerHash: ownerHash(namespace),
        displayName: 'Webtop',
        withoutGpu: false,
        created: stamp,
        lastStarted: stamp,
      },
      platform: { nodePort: true, fieldManager: FIELD_MANAGER_DESKTOP, desktopImage: DEFAULT_DESKTOP_IMAGE },
      secrets: { password: 'c3BlYy1wYXNzd29yZA' },
    })
    const input = [secret, claim, pod, service].map((object) => JSON.stringify(object)).join('\n---\n')
    const dryRun = ['apply', '--dry-run=server', '-f', '-']
    const refused = await cluster.tryKubectl(dryRun, { input })
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toContain('violates PodSecurity "restricted')
    await cluster.kubectl([
      ...['label', 'namespace', namespace, '--overwrite'],
      'pod-security.kubernetes.io/enforce=baseline',
    ])
    const taken = await cluster.kubectl(dryRun, { input })
    expect(taken.trim().split('\n')).toHaveLength(4)
    expect(taken).not.toContain('Warning')
  })

  test('starts', async ({ app, cluster, namespace, kubeconfig }) => {
    const image = `docker.io/${template?.spec.image}`
    const there = (await run('ctr', [...CTR, 'images', 'list', '--quiet'])).split('\n').includes(image)
    test.skip(!there, `NOT RUN: the node does not have ${image}, which lies in a public registry`)
    expect(kubeconfig).not.toBe('')
    await cluster.kubectl([
      ...['label', 'namespace', namespace, '--overwrite'],
      'pod-security.kubernetes.io/enforce=baseline',
    ])
    await takeCluster(app.page)
    await opensByItself(app.page, () => clickStart(app.page, 'LinuxServer webtop'), 150_000)
  })
})
