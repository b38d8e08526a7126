// What a desktop itself says: commands in its container, by the admin's kubectl. The specs' truth comes from here, not from our code.
import type { TestCluster } from '../cluster/index.ts'
import { until } from '../cluster/process.ts'

/** A point of the desktop's screen in its own pixels. */
export interface Point {
  readonly x: number
  readonly y: number
}
export type Rgb = readonly [number, number, number]

export interface Desktop {
  /** A shell script in the container. @returns what it printed */
  sh(script: string, input?: string): Promise<string>
  /** Starts a program that goes on running. */
  background(script: string): Promise<void>
  /** Ids of the processes whose command line holds a text. */
  processes(text: string): Promise<readonly number[]>
  /** Lays the test card under all windows; see `cardColor`. */
  showCard(): Promise<void>
  /** The screen's size, by xrandr. */
  screenSize(): Promise<{ readonly width: number; readonly height: number }>
  pointer(): Promise<Point>
  readClipboard(): Promise<string>
  writeClipboard(text: string): Promise<void>
  /** Plays a sine until the returned function is called. @param hertz its pitch */
  playTone(hertz: number): Promise<() => Promise<void>>
  /** Collects a pad's events until one makes `wanted` true. @param slot 0-3 */
  padEvents(slot: number, events: number, timeoutMs: number): Promise<readonly PadEvent[]>
}

/** A joystick event as Linux' joydev gives it, without the ones that tell the first state. */
export interface PadEvent {
  readonly kind: 'button' | 'axis'
  readonly number: number
  readonly value: number
}

const CELL = 80
const PYTHON = '/opt/selkies/bin/python3'

/** Colour of the test card at a point: cells of 80 px, neighbours far apart. */
export function cardColor({ x, y }: Point): Rgb {
  const [i, j] = [Math.floor(x / CELL), Math.floor(y / CELL)]
  return [40 + ((i * 97) % 176), 40 + ((j * 113) % 176), 40 + (((i + j) * 71) % 176)]
}

const CARD_SCRIPT = `
from selkies.Xlib import X, display
d = display.Display(); s = d.screen(); r = s.root; g = r.get_geometry()
# as large as a screen gets: one that grows later must not show the card's beginning again
w, h = max(g.width, 4096), max(g.height, 2160)
p = r.create_pixmap(w, h, s.root_depth); c = p.create_gc()
for j in range(0, h // ${CELL} + 1):
    for i in range(0, w // ${CELL} + 1):
        red, green, blue = 40 + i * 97 % 176, 40 + j * 113 % 176, 40 + (i + j) * 71 % 176
        c.change(foreground=red << 16 | green << 8 | blue)
        p.fill_rectangle(c, i * ${CELL}, j * ${CELL}, ${CELL}, ${CELL})
r.change_attributes(background_pixmap=p); r.clear_area(0, 0, 0, 0); d.sync()
`
const PAD_SCRIPT = `
import socket, struct, sys, time
slot, wanted, seconds = int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3])
s = socket.socket(socket.AF_UNIX); s.connect(f"/tmp/xdg/selkies_js{slot}.sock"); s.settimeout(seconds)
def take(n):
    data = b""
    while len(data) < n:
        part = s.recv(n - len(data))
        if not part: sys.exit("the pad's socket was closed")
        data += part
    return data
take(1360); s.sendall(bytes([struct.calcsize("l")]))
seen = 0
print("listening", flush=True)
while seen < wanted:
    _, value, kind, number = struct.unpack("<IhBB", take(8))
    if kind & 0x80: continue
    print({1: "button", 2: "axis"}[kind], number, value, flush=True); seen += 1
`

/** @param pod its name */
export function desktopOf(cluster: TestCluster, namespace: string, pod: string): Desktop {
  // the entrypoint's own variables, which a command in the container does not inherit
  const environment = 'export DISPLAY=:20 XDG_RUNTIME_DIR=/tmp/xdg PULSE_SERVER=unix:/tmp/xdg/pulse/native;'
  const sh: Desktop['sh'] = (script, input) =>
    cluster.exec(namespace, pod, ['bash', '-c', `${environment} ${script}`], input)
  const background = async (script: string): Promise<void> => {
    await sh(`setsid -f bash -c ${quote(script)} >/dev/null 2>&1 </dev/null`)
  }
  const python = (script: string, ...args: readonly string[]): Promise<string> =>
    sh(`${PYTHON} - ${args.join(' ')}`, script)
  return {
    sh,
    background,
    async processes(text) {
      // the shell that asks has the text in its own command line, so there it is taken apart
      const pattern = `[${text[0] ?? ''}]${text.slice(1)}`
      const script = `for p in /proc/[0-9]*; do tr '\\0' ' ' 2>/dev/null <$p/cmdline | grep -q -e ${quote(pattern)} && echo "${'${p#/proc/}'}"; done; true`
      return (await sh(script))
        .split('\n')
        .filter((line) => line !== '')
        .map(Number)
    },
    async showCard() {
      await python(CARD_SCRIPT)
    },
    async screenSize() {
      const text = await sh('xrandr --current')
      const [, width, height] = /current (\d+) x (\d+)/.exec(text) ?? []
      if (width === undefined) throw new Error(`xrandr said: ${text}`)
      return { width: Number(width), height: Number(height) }
    },
    async pointer() {
      const text = await sh('xdotool getmouselocation')
      const [, x, y] = /x:(-?\d+) y:(-?\d+)/.exec(text) ?? []
      return { x: Number(x), y: Number(y) }
    },
    readClipboard: () => sh('xclip -o -selection clipboard'),
    async writeClipboard(text) {
      // xclip stays to serve the selection: it must not hold the command's output open
      await sh('cat > /tmp/clip && setsid -f xclip -i -selection clipboard /tmp/clip >/dev/null 2>&1', text)
    },
    async playTone(hertz) {
      const samples = `import math, sys, struct
f = b"".join(struct.pack("<hh", v, v) for v in (int(12000 * math.sin(2 * math.pi * ${hertz} * i / 48000)) for i in range(48000)))
while True: sys.stdout.buffer.write(f)`
      const file = `/tmp/tone-${hertz}`
      await sh(`cat > ${file}.py`, samples)
      await background(
        `echo $$ > ${file}.pid; exec pacat --rate=48000 --channels=2 --format=s16le < <(exec ${PYTHON} ${file}.py)`,
      )
      return async () => {
        await sh(`kill $(cat ${file}.pid)`)
      }
    },
    async padEvents(slot, events, timeoutMs) {
      const text = await python(PAD_SCRIPT, String(slot), String(events), String(timeoutMs / 1000))
      return text
        .split('\n')
        .filter((line) => /^(button|axis) /.test(line))
        .map((line): PadEvent => {
          const [kind, number, value] = line.split(' ')
          return { kind: kind === 'button' ? 'button' : 'axis', number: Number(number), value: Number(value) }
        })
    },
  }
}

/** One argument for bash. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`
}

/** Waits until a reading of the desktop is what is wanted, and says the last one when it never was. */
export async function eventually<T>(
  read: () => Promise<T>,
  wanted: (value: T) => boolean,
  timeoutMs = 10_000,
): Promise<T> {
  let last: T | undefined
  try {
    return await until('the desktop shows what is wanted', timeoutMs, async () => {
      last = await read()
      // wrapped, so that a wanted value that is false or null counts too
      return wanted(last) ? { value: last } : null
    }).then(({ value }) => value)
  } catch (error) {
    throw new Error(`last seen: ${JSON.stringify(last)}`, { cause: error })
  }
}

/** Something to show all the time: changes alone are sent. @returns the screen rests again */
export async function flicker(inside: Desktop): Promise<() => Promise<void>> {
  await inside.background(
    'echo $$ > /tmp/flicker; while :; do xsetroot -solid "#$(printf %06x $RANDOM)"; sleep 0.03; done',
  )
  return async () => {
    await inside.sh('kill $(cat /tmp/flicker)')
  }
}

/** @returns the name of a session, which is that of its pod and of its VDISession too */
export function podOf(sessionId: string): string {
  return sessionId.split('/').at(-1) ?? ''
}
