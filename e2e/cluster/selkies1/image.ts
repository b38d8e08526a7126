// The image of a desktop with the genuine Selkies-GStreamer 1.6.2, for specs of the older protocol: Debian's packages and the server from
// the folder of fixtures. It is a fixture: nothing of it is part of the product. Needs root; what was made is kept.
import { chmod, copyFile, cp, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { aptSources, imageCache, keyOf, run, SUITE } from '../../../images/debian.ts'
import { buildOnBase } from '../../../images/image-on-base.ts'
import { fixturesFolder } from '../settings.ts'

export const SELKIES1_IMAGE = 'localhost/kasm-operator/spec-selkies1:1.6.2'

const RECIPE = '1'
const PACKAGES = [
  // what an unpacked Debian needs to run at all
  'base-files bash coreutils dash debianutils findutils gawk grep libc-bin procps sed tini util-linux',
  // the server: GStreamer with x264, Opus and ICE, and what its Python loads
  'python3-gi python3-gst-1.0 gir1.2-gst-plugins-base-1.0 gir1.2-gst-plugins-bad-1.0 gstreamer1.0-plugins-base gstreamer1.0-plugins-good',
  'gstreamer1.0-plugins-bad gstreamer1.0-plugins-ugly gstreamer1.0-nice gstreamer1.0-x gstreamer1.0-pulseaudio gstreamer1.0-tools',
  'python3-websockets python3-pynput python3-xlib python3-prometheus-client python3-msgpack python3-watchdog python3-pil python3-psutil',
  // the desktop, and the programs that the server and the specs call
  'xvfb x11-utils x11-xkb-utils x11-xserver-utils xcvt xsel xclip xdotool openbox xterm pulseaudio pulseaudio-utils fonts-dejavu-core',
].flatMap((line) => line.split(' '))
/** Drivers of GPUs, manuals and translations: nothing here uses them. */
const LEFT_OUT = [
  ...['doc', 'man', 'info', 'locale', 'poppler', 'icons', 'sounds', 'perl'].map((folder) => `/usr/share/${folder}/*`),
  ...['dri', 'mfx', 'perl', 'libLLVM-15.so.1', 'libz3.so.4', 'libmfxhw64.so.1.35'].map(
    (name) => `/usr/lib/x86_64-linux-gnu/${name}*`,
  ),
]
const ARCHIVE = 'selkies-gstreamer-1.6.2.tar.gz'

/** The fixture's folder, or why specs of 1.6 cannot run. */
export function selkies1Fixture(): { readonly folder: string } | { readonly notRun: string } {
  const base = fixturesFolder()
  const folder = base === null ? null : join(base, 'selkies-1.6')
  return folder !== null && existsSync(join(folder, ARCHIVE))
    ? { folder }
    : { notRun: 'Selkies 1.6 NOT RUN: its server is not among the fixtures (set KASM_FIXTURES)' }
}

/**
 * Makes the image's archive unless it is there.
 * @param folder of the fixture
 * @returns the archive's path
 */
export async function buildSelkies1Image(folder: string, log: (line: string) => void): Promise<string> {
  const base = keyOf(RECIPE, SUITE, ...PACKAGES, ...LEFT_OUT)
  const own = [join(import.meta.dirname, 'entrypoint'), join(folder, ARCHIVE), import.meta.filename]
  return buildOnBase({
    image: {
      name: SELKIES1_IMAGE,
      entrypoint: ['/usr/bin/tini', '-g', '--', '/usr/local/bin/entrypoint'],
      env: { LANG: 'C.UTF-8', HOME: '/home/user', GST_REGISTRY: '/opt/registry.bin', GST_REGISTRY_UPDATE: 'no' },
      user: '1000',
      workdir: '/home/user',
    },
    name: 'selkies1',
    keys: { base, whole: keyOf(base, ...(await Promise.all(own.map((path) => readFile(path))))) },
    cache: imageCache(),
    makeBase,
    finish: (root) => addServer(root, folder),
    log,
  })
}

/** Unpacked and not set up: what the packages' scripts would do, as far as it matters, is done here, in a tenth of the time. */
async function makeBase(root: string): Promise<void> {
  await run('mmdebstrap', [
    ...['--quiet', '--variant=extract', `--include=${PACKAGES.join(',')}`],
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    ...['--aptopt=APT::Install-Recommends "false"', SUITE, root],
    ...(await aptSources()),
  ])
  for (const path of ['var/cache/apt', 'var/lib/apt/lists'])
    await rm(join(root, path), { recursive: true, force: true })
  await rm(join(root, 'bin/sh'), { force: true })
  await symlink('bash', join(root, 'bin/sh'))
  await writeFile(join(root, 'etc/passwd'), 'root:x:0:0::/root:/bin/bash\nuser:x:1000:1000::/home/user:/bin/bash\n')
  await writeFile(join(root, 'etc/group'), 'root:x:0:\nuser:x:1000:\n')
  await mkdir(join(root, 'home/user'), { recursive: true })
  await mkdir(join(root, 'usr/local/bin'), { recursive: true })
}

async function addServer(root: string, folder: string): Promise<void> {
  const home = join(root, 'opt/selkies1')
  await mkdir(home, { recursive: true })
  await run('tar', ['-xzf', join(folder, ARCHIVE), '-C', home, '--no-same-owner'])
  await cp(join(folder, 'stand-ins'), join(home, 'stand-ins'), { recursive: true })
  await copyFile(join(import.meta.dirname, 'entrypoint'), join(root, 'usr/local/bin/entrypoint'))
  await chmod(join(root, 'usr/local/bin/entrypoint'), 0o755)
  await run('chmod', ['-R', 'a+rX', home])
  // the root is read-only there: what the programs would work out at every start is worked out now
  const inside = ['env', '-i', 'PATH=/usr/bin:/bin', 'LANG=C.UTF-8', 'GST_REGISTRY=/opt/registry.bin']
  await run('chroot', [root, ...inside, 'gst-inspect-1.0', '--version'])
  await run('chroot', [root, ...inside, 'gst-inspect-1.0', 'webrtcbin'])
  const python = ['-m', 'compileall', '-q', '-f', '-j', '0', '--invalidation-mode', 'unchecked-hash']
  await run('chroot', [
    root,
    '/usr/bin/python3',
    ...python,
    '/usr/lib/python3',
    '/usr/lib/python3.11',
    '/opt/selkies1',
  ]).catch(() => {
    // single files of test suites do not compile on purpose
  })
}

if (import.meta.main) {
  const fixture = selkies1Fixture()
  console.log('folder' in fixture ? await buildSelkies1Image(fixture.folder, console.log) : fixture.notRun)
}
