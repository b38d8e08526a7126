// Builds the desktop's image as an OCI archive without a container daemon: Debian by mmdebstrap, Selkies from PyPI, our files.
// Needs root.
import { chmod, copyFile, lutimes, mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DEFAULT_DESKTOP_IMAGE } from '../../shared/product.ts'
import { aptSources, imageCache, keyOf, run, SUITE } from '../debian.ts'
import { buildOnBase } from '../image-on-base.ts'
import { IMAGE_TIME } from '../oci-image.ts'

export { imageCache } from '../debian.ts'

/** Raised when the steps of `makeBase` or `finish` change, so that what is kept is made anew. */
const BASE_RECIPE = '1'
const FINISH_RECIPE = '1'
const SELKIES = '2.1.0'
const PACKAGES = [
  // Python and what Selkies' wheels load
  'python3-venv libx11-xcb1 libxcb-dri3-0 libxkbcommon0 libxdamage1 libxfixes3 libxtst6 libxext6 libpulse0 libegl1 xcvt',
  // the screen, the sound, and tools that Selkies calls
  'xvfb x11-utils x11-xkb-utils x11-xserver-utils pulseaudio pulseaudio-utils xdotool xclip',
  // what a person sees
  'openbox tint2 xterm pcmanfm firefox-esr adwaita-icon-theme hicolor-icon-theme fonts-dejavu-core',
  // the queue that Selkies prints through: programs hand it PDFs, so the filters for other kinds are left out
  'cups-daemon cups-client cups-filters-core-drivers',
  'socat tini ca-certificates',
].flatMap((line) => line.split(' '))
/** Files of packages that no program of the desktop reads: manuals, translations, the C preprocessor that xrdb would like. */
const LEFT_OUT = ['doc', 'man', 'info', 'locale', 'poppler']
  .map((folder) => `/usr/share/${folder}/*`)
  .concat('/usr/lib/gcc/*', '/usr/include/*')
/** Where each of our files goes, and its mode. */
const FILES: readonly (readonly [string, string, number])[] = [
  ['desktop-entrypoint', 'usr/local/bin/desktop-entrypoint', 0o755],
  ['serve.py', 'usr/local/lib/desktop/serve.py', 0o644],
  ['openbox.xml', 'etc/desktop/openbox.xml', 0o644],
  ['openbox-kiosk.xml', 'etc/desktop/openbox-kiosk.xml', 0o644],
  ['menu.xml', 'etc/desktop/menu.xml', 0o644],
  ['tint2rc', 'etc/desktop/tint2rc', 0o644],
  ['Xresources', 'etc/desktop/Xresources', 0o644],
  ['policies.json', 'etc/firefox-esr/policies/policies.json', 0o644],
]
const here = import.meta.dirname

const inside = (root: string, ...command: readonly string[]): Promise<void> =>
  run('chroot', [root, ...command], { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', HOME: '/root', LANG: 'C.UTF-8' })

/** Debian's packages and Selkies, without anything of ours. */
async function makeBase(root: string): Promise<void> {
  await run('mmdebstrap', [
    '--quiet',
    '--variant=minbase',
    `--include=${PACKAGES.join(',')}`,
    ...LEFT_OUT.map((path) => `--dpkgopt=path-exclude=${path}`),
    '--aptopt=APT::Install-Recommends "false"',
    SUITE,
    root,
    ...(await aptSources()),
  ])
  // the host's pip fetches (it knows the way out), the image's installs without a network
  const fetcher = `${root}.fetch`
  await run('python3', ['-m', 'venv', fetcher])
  const wanted = `selkies==${SELKIES}`
  const fetch = [
    'download',
    '--quiet',
    '--only-binary=:all:',
    '--python-version',
    '3.11',
    '--dest',
    join(root, 'wheels'),
  ]
  await run(join(fetcher, 'bin/pip'), [...fetch, wanted])
  await rm(fetcher, { recursive: true, force: true })
  await inside(root, 'python3', '-m', 'venv', '/opt/selkies')
  const pip = ['/opt/selkies/bin/pip', 'install', '--quiet', '--no-compile', '--no-index', '--find-links=/wheels']
  await inside(root, ...pip, wanted)
  await inside(root, '/opt/selkies/bin/pip', 'uninstall', '--quiet', '--yes', 'pip')
  await inside(root, 'useradd', '--create-home', '--uid', '1000', '--shell', '/bin/bash', 'user')
  for (const path of ['wheels', 'var/cache/apt', 'var/lib/apt/lists', 'usr/share/doc', 'var/log'])
    await rm(join(root, path), { recursive: true, force: true })
}

/** Our files, and what the programs would otherwise work out at every start: the root is read-only there, so nothing is remembered. */
async function finish(root: string): Promise<void> {
  for (const [name, target, mode] of FILES) {
    await mkdir(join(root, target, '..'), { recursive: true })
    await copyFile(join(here, 'files', name), join(root, target))
    await chmod(join(root, target), mode)
  }
  // byte code that is valid whatever the files' times: the archive sets them all alike
  const python = ['-m', 'compileall', '-q', '-f', '-j', '0', '--invalidation-mode', 'unchecked-hash']
  await inside(root, '/opt/selkies/bin/python3', ...python, '/usr/lib/python3.11', '/opt/selkies/lib').catch(() => {
    // single files of test suites do not compile on purpose; what matters compiled
  })
  await setTimes(root)
  await inside(root, 'fc-cache', '--force', '--system-only')
}

/** The font cache is valid only for folders of the times it saw: those that the archive will carry. */
async function setTimes(root: string): Promise<void> {
  const entries = await readdir(join(root, 'usr/share/fonts'), { recursive: true, withFileTypes: true })
  const paths = [join(root, 'usr/share/fonts'), ...entries.map((entry) => join(entry.parentPath, entry.name))]
  for (const path of paths) await lutimes(path, IMAGE_TIME, IMAGE_TIME)
}

/**
 * Makes the image's archive unless it is there.
 * @param cache folder that keeps it between runs
 * @returns the archive's path
 */
export async function buildDesktopImage(cache: string, log: (line: string) => void): Promise<string> {
  const base = keyOf(BASE_RECIPE, SELKIES, SUITE, ...PACKAGES, ...LEFT_OUT)
  const contents = await Promise.all(FILES.map(([name]) => readFile(join(here, 'files', name))))
  const packer = await Promise.all(['oci-image.ts', 'tar.ts'].map((name) => readFile(join(here, '..', name))))
  return buildOnBase({
    image: {
      name: DEFAULT_DESKTOP_IMAGE,
      entrypoint: ['/usr/bin/tini', '--', '/usr/local/bin/desktop-entrypoint'],
      env: { LANG: 'C.UTF-8', HOME: '/home/user', PYTHONDONTWRITEBYTECODE: '1' },
      user: '1000',
      workdir: '/home/user',
    },
    name: 'desktop',
    keys: { base, whole: keyOf(base, FINISH_RECIPE, ...contents, ...packer) },
    ...{ cache, makeBase, finish, log },
  })
}

if (import.meta.main) console.log(await buildDesktopImage(imageCache(), console.log))
