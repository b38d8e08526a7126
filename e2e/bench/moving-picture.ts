// A desktop that moves: coloured tiles that run over the whole screen at a steady rate, with a still patch in the middle that turns black
// or white at each key, so that its answer can be timed while everything else moves.
import type { Desktop } from '../drivers/desktop.ts'

const PYTHON = '/opt/selkies/bin/python3'
const PID_FILE = '/tmp/moving.pid'
const READY = '/tmp/moving.ready'
const SCRIPT = `
import os, sys, time, random
from selkies.Xlib import X, display
width, height, rate = (int(word) for word in sys.argv[1:4])
d = display.Display(); s = d.screen(); r = s.root
w = r.create_window(0, 0, width, height, 0, s.root_depth, X.InputOutput, X.CopyFromParent,
                    override_redirect=1, event_mask=X.KeyPressMask)
# tiles once, copied at another place each time: the X server's work is one copy of the screen
tiles = r.create_pixmap(width * 2, height, s.root_depth); gc = w.create_gc()
random.seed(7)
for y in range(0, height, 60):
    for x in range(0, width, 60):
        gc.change(foreground=random.randrange(1 << 24))
        for at in (x, x + width): tiles.fill_rectangle(gc, at, y, 60, 60)
w.map(); d.sync()
w.set_input_focus(X.RevertToPointerRoot, X.CurrentTime)
gc.change(foreground=s.black_pixel); white = False
left, top = int(width * 0.35), int(height * 0.35)
def patch():
    gc.change(foreground=s.white_pixel if white else s.black_pixel)
    w.fill_rectangle(gc, left, top, width // 8, height // 8)
def paint(step):
    at = step * 8 % width
    # around the patch, which is never painted over
    w.copy_area(gc, tiles, at, 0, width, top, 0, 0)
    w.copy_area(gc, tiles, at, top + height // 8, width, height - top - height // 8, 0, top + height // 8)
    w.copy_area(gc, tiles, at, top, left, height // 8, 0, top)
    right = left + width // 8
    w.copy_area(gc, tiles, at + right, top, width - right, height // 8, right, top)
patch()
open("${PID_FILE}", "w").write(str(os.getpid())); open("${READY}", "w").write("")
step, due = 0, time.monotonic()
while True:
    while d.pending_events():
        if d.next_event().type == X.KeyPress:
            white = not white
            patch()
    paint(step); d.flush(); step += 1
    due = max(due + 1 / rate, time.monotonic() - 0.1)
    # looks at keys while it waits: an answer is not bound to the picture's rate
    while (left_s := due - time.monotonic()) > 0:
        time.sleep(min(left_s, 0.002))
        if d.pending_events(): break
`

/**
 * Starts it over everything else. @param rate pictures a second
 * @returns ends it
 */
export async function startMoving(
  desktop: Desktop,
  size: { readonly width: number; readonly height: number },
  rate: number,
): Promise<() => Promise<void>> {
  await desktop.sh(`rm -f ${READY}; cat > /tmp/moving.py`, SCRIPT)
  await desktop.background(`exec ${PYTHON} /tmp/moving.py ${size.width} ${size.height} ${rate} 2>/tmp/moving.log`)
  await desktop.sh(
    `for i in $(seq 100); do [ -e ${READY} ] && exit 0; sleep 0.1; done; cat /tmp/moving.log >&2; exit 1`,
  )
  return async () => {
    await desktop.sh(`kill $(cat ${PID_FILE}) 2>/dev/null; true`)
  }
}
