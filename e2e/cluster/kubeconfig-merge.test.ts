// A person's kubeconfig before and after: theirs stays to the letter, ours comes and goes as a whole.
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { parseKubeconfig } from '../../kube/kubeconfig/document.ts'
import { mergeContexts, removeContexts, type LocalContext } from './kubeconfig-merge.ts'

const LONG = 'QUJD'.repeat(200)
const local = (key = LONG): LocalContext => ({
  name: 'kasm-local',
  cluster: { server: 'https://10.78.0.1:6443', 'certificate-authority-data': LONG },
  user: { 'client-certificate-data': LONG, 'client-key-data': key },
  namespace: 'desktops-anna',
})
const admin: LocalContext = { name: 'kasm-local-admin', cluster: local().cluster, user: { 'client-key-data': 'QQ==' } }

const THEIRS = `# work
apiVersion: v1
kind: Config
clusters:
  - name: work
    cluster:
      server: https://work.example:6443 # behind the VPN
contexts:
  - name: work
    context: { cluster: work, user: anna, namespace: tools }
users:
  - name: anna
    user:
      exec:
        apiVersion: client.authentication.k8s.io/v1
        command: sign-in
        interactiveMode: Never
current-context: work
`

describe('a file that was not there', () => {
  test('holds the contexts, of which the first is current', () => {
    const text = mergeContexts(undefined, [local(), admin])
    const config = parseKubeconfig(text, 'config')
    expect([...config.contexts.keys()]).toEqual(['kasm-local', 'kasm-local-admin'])
    expect(config.currentContext).toBe('kasm-local')
    const raw = parse(text) as { contexts: { context: unknown }[]; users: { user: unknown }[] }
    expect(raw.contexts[0]?.context).toMatchObject({
      cluster: 'kasm-local',
      user: 'kasm-local',
      namespace: 'desktops-anna',
    })
    expect(raw.users[0]?.user).toMatchObject(local().user)
  })

  test('goes as a whole', () => {
    expect(removeContexts(mergeContexts(undefined, [local(), admin]))).toBeNull()
  })

  test('stays when something was added to it', () => {
    const text = mergeContexts(undefined, [local()])
    const added = text.replace(
      /^clusters:\n/m,
      'clusters:\n  - name: mine\n    cluster: { server: https://mine.example }\n',
    )
    const after = parse(removeContexts(added) ?? '') as Record<string, unknown>
    expect(after).toMatchObject({ clusters: [{ name: 'mine' }], users: [], contexts: [], 'current-context': '' })
  })
})

describe('a file of theirs', () => {
  test('keeps everything, comments and choice included', () => {
    const text = mergeContexts(THEIRS, [local(), admin])
    for (const line of THEIRS.split('\n')) expect(text).toContain(line)
    expect(parse(text)).toMatchObject({ 'current-context': 'work' })
    expect([...parseKubeconfig(text, 'config').contexts.keys()]).toEqual(['work', 'kasm-local', 'kasm-local-admin'])
  })

  test('is as before once ours is out', () => {
    expect(removeContexts(mergeContexts(THEIRS, [local(), admin]))).toBe(THEIRS)
  })

  test('that chose our context is left without a choice', () => {
    const chosen = mergeContexts(THEIRS, [local()]).replace('current-context: work', 'current-context: kasm-local')
    expect(parse(removeContexts(chosen) ?? '')).toEqual({ ...(parse(THEIRS) as object), 'current-context': '' })
  })

  test('with empty lists, as kubectl leaves them, takes ours', () => {
    const bare = 'apiVersion: v1\nkind: Config\nclusters: null\ncontexts: []\nusers: null\ncurrent-context: ""\n'
    const text = mergeContexts(bare, [local()])
    expect(parse(text)).toMatchObject({ contexts: [{ name: 'kasm-local' }], 'current-context': 'kasm-local' })
    expect(parse(removeContexts(text) ?? '')).toMatchObject({ clusters: [], contexts: [], users: [] })
  })

  test('that is empty stays when ours goes', () => {
    expect(removeContexts(mergeContexts('', [local()]))).toContain('kind: Config')
  })

  test('written as JSON stays readable', () => {
    const json = JSON.stringify(parse(THEIRS), null, 2)
    const text = mergeContexts(json, [local()])
    expect([...parseKubeconfig(text, 'config').contexts.keys()]).toEqual(['work', 'kasm-local'])
    expect(parse(removeContexts(text) ?? '')).toEqual(parse(THEIRS))
  })
})

test('a second time changes nothing', () => {
  const once = mergeContexts(THEIRS, [local(), admin])
  expect(mergeContexts(once, [local(), admin])).toBe(once)
})

test('a new cluster replaces what the last one left', () => {
  const text = mergeContexts(mergeContexts(THEIRS, [local()]), [local('TkVX')])
  expect(text).toContain('TkVX')
  expect((parse(text) as { users: unknown[] }).users).toHaveLength(2)
  expect(removeContexts(text)).toBe(THEIRS)
})

test('a name that somebody else gave is not taken', () => {
  const taken = THEIRS.replaceAll('work', 'kasm-local')
  expect(() => mergeContexts(taken, [local()])).toThrow('"kasm-local" under clusters is not from cluster:up')
  expect(removeContexts(taken)).toBe(taken)
})

test.each(['- a list', 'clusters: {}', 'just words', 'a: [', 'contexts: 3'])('%s is not touched', (text) => {
  expect(() => mergeContexts(text, [local()])).toThrow(/not (YAML|a kubeconfig)/)
})
