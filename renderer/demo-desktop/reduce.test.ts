// The demo's desktop as a value: typed, drawn, pressed and pasted into.
import { describe, expect, it } from 'vitest'
import { MASK, parseClientMessage } from '../../shared/selkies/g2/messages.ts'
import { boxOf, layoutOf, type Target } from './layout.ts'
import { reduce } from './reduce.ts'
import { initialState, type DesktopState } from './state.ts'

const fresh = (): DesktopState => ({ ...initialState(1280, 720), field: { text: '', caret: 0, isSelected: false } })
/** Says verbs one after another, each at a time in ms. */
const hear = (state: DesktopState, ...verbs: readonly (string | readonly [number, string])[]): DesktopState =>
  verbs.reduce<DesktopState>((before, verb) => {
    const [at, text] = typeof verb === 'string' ? [0, verb] : verb
    return reduce(before, { type: 'client', message: parseClientMessage(text), at })
  }, state)
const tap = (keysym: number): readonly string[] => [`kd,${keysym}`, `ku,${keysym}`]
const type = (state: DesktopState, text: string): DesktopState =>
  hear(
    state,
    ...Array.from(text).flatMap((character) => {
      const point = character.codePointAt(0) ?? 0
      return tap(character === '\n' ? 0xff0d : point < 0x100 ? point : 0x0100_0000 + point)
    }),
  )
const centre = (target: Target): readonly [number, number] => {
  const box = boxOf(layoutOf(1280, 720, 96), target)
  return [Math.round(box.x + box.w / 2), Math.round(box.y + box.h / 2)]
}
const click = (state: DesktopState, target: Target, mask: number = MASK.left): DesktopState => {
  const [x, y] = centre(target)
  return hear(state, `m,${x},${y},${mask},0`, `m,${x},${y},0,0`)
}

describe('typing', () => {
  it('shows every character as it was sent', () => {
    const text = 'Grüße {[@#]} €\nПривет 世界 🎉\t.'
    expect(type(fresh(), text.replace('\t', '')).field.text).toBe(text.replace('\t', ''))
    expect(hear(fresh(), ...tap(0xff09), ...tap(0x20ac), ...tap(0xffb7), ...tap(0xff8d)).field.text).toBe('\t€7\n')
  })
  it('edits by whole characters', () => {
    const left = 0xff51
    const state = hear(type(fresh(), 'a🎉b'), ...tap(left), ...tap(0xff08))
    expect(state.field).toMatchObject({ text: 'ab', caret: 1 })
    expect(hear(state, ...tap(0xffff)).field.text).toBe('a')
    expect(hear(type(state, 'é'), ...tap(0xff50), ...tap(0xff55), ...tap(0x78)).field.text).toBe('xaéb')
  })
  it('moves between lines', () => {
    const state = hear(type(fresh(), 'first\nsecond\nx'), ...tap(0xff52), ...tap(0xff57), ...tap(0x21))
    expect(state.field.text).toBe('first\nsecond!\nx')
    expect(hear(state, ...tap(0xff52), ...tap(0x21)).field.text).toBe('first!\nsecond!\nx')
  })
  it('takes composed text verbatim', () => {
    expect(hear(fresh(), 'co,end,a,b 漢字').field.text).toBe('a,b 漢字')
  })
  it('types nothing for chords, and works as they say', () => {
    const control = 0xffe3
    let state = hear(type(fresh(), 'word'), `kd,${control}`, ...tap(0x61), `ku,${control}`)
    expect(state.field.isSelected).toBe(true)
    state = hear(state, `kd,${control}`, ...tap(0x63))
    expect(state.clip).toMatchObject({ text: 'word', from: 'desktop', bytes: 4 })
    expect(state.copies).toBe(1)
    state = hear(state, ...tap(0x76), `ku,${control}`)
    expect(state.field.text).toBe('word')
    expect(hear(state, `kd,${0xffe9}`, ...tap(0x71)).field.text).toBe('word')
  })
  it('repeats the newest held key while it is told that it is held, and never without', () => {
    let state = hear(fresh(), [0, 'kd,120'])
    for (let at = 20; at <= 3_000; at += 20) {
      if (at % 100 === 0) state = hear(state, [at, 'kh,120'])
      state = reduce(state, { type: 'tick', at })
    }
    expect(state.field.text.length).toBeGreaterThan(55)
    expect(state.field.text.length).toBeLessThan(70)
    let silent = hear(fresh(), [0, 'kd,120'])
    for (let at = 20; at <= 3_000; at += 20) silent = reduce(silent, { type: 'tick', at })
    expect(silent.field.text).toBe('x')
    expect(silent.held).toEqual([])
  })
  it('does not type a held key twice when it is pressed again', () => {
    expect(hear(fresh(), 'kd,121', 'kd,121', 'kd,121').field.text).toBe('y')
  })
  it('lets everything go when told, and when the viewer leaves', () => {
    const state = hear(fresh(), `kd,${0xffe1}`, 'kd,65')
    expect(state.held.length).toBe(2)
    expect(hear(state, 'kr').held).toEqual([])
    expect(reduce(state, { type: 'left' }).held).toEqual([])
  })
})

describe('the pointer', () => {
  it('draws while a button is down', () => {
    const [x, y] = centre('paint')
    const state = hear(fresh(), `m,${x},${y},1,0,1`, `m,${x + 10},${y},1,0,2`, `m,${x + 20},${y},0,0,3`)
    expect(state.strokes).toMatchObject([{ ink: 0, width: 5 }])
    expect(state.strokes[0]?.points.length).toBe(4)
    expect(state).toMatchObject({ focus: 'paint', isDrawing: false })
    expect(click(state, 'clear').strokes).toEqual([])
    expect(click(state, 'paint', MASK.right).strokes.at(-1)).toMatchObject({ ink: null, width: 20 })
  })
  it('chooses an ink and a brush', () => {
    const [x, y] = centre('paint')
    const state = hear(click(fresh(), 'ink-2'), `m,${x},${y},${MASK.wheelUp},3`, `m,${x},${y},0,0`)
    expect(state).toMatchObject({ ink: 2, brush: 8 })
    expect(hear(state, `m,${x},${y},${MASK.wheelDown},64`).brush).toBe(1)
  })
  it('drops late positions, keeps late movements without their buttons', () => {
    const state = hear(fresh(), 'm,100,100,0,0,5', 'm,50,50,1,0,4')
    expect(state.pointer).toMatchObject({ x: 100, y: 100, mask: 0 })
    expect(hear(state, 'm2,7,-3,1,0,4').pointer).toMatchObject({ x: 107, y: 97, mask: 0, seq: 5 })
    expect(hear(state, 'm,99999,-5,0,0').pointer).toMatchObject({ x: 1279, y: 0 })
  })
  it('presses what it is on', () => {
    const typed = type(fresh(), 'hello')
    expect(click(typed, 'copy').clip).toMatchObject({ text: 'hello', from: 'desktop' })
    expect(click(typed, 'tone').tone).toBe(true)
    expect(click(click(typed, 'tone'), 'tone').tone).toBe(false)
    expect(click(typed, 'tone', MASK.right).tone).toBe(false)
  })
  it('puts the caret where it clicks', () => {
    const { notes, scale } = layoutOf(1280, 720, 96)
    const at = (column: number, row: number): string =>
      `m,${Math.round((notes.x + 16 + column * 8.4) * scale)},${Math.round((notes.y + 34 + 16 + row * 22 + 11) * scale)},1,0`
    const state = type(fresh(), 'first\nsecond')
    expect(hear(state, at(2, 0)).field.caret).toBe(2)
    expect(hear(state, at(3, 1)).field.caret).toBe(9)
    expect(hear(state, at(30, 9)).field.caret).toBe(12)
  })
})

describe('everything else', () => {
  it('takes sizes, density and rate within the server’s limits', () => {
    expect(hear(fresh(), 'r,1367x767')).toMatchObject({ width: 1366, height: 766 })
    expect(hear(fresh(), 's,50').dpi).toBe(96)
    expect(hear(fresh(), 's,192').dpi).toBe(192)
    expect(hear(fresh(), '_arg_fps,500').fps).toBe(240)
    expect(hear(fresh(), '_arg_fps,0').fps).toBe(60)
    const state = fresh()
    expect(hear(state, 'r,1280x720')).toBe(state)
    expect(hear(state, 'nonsense')).toBe(state)
  })
  it('shows pads as they are pressed, digital buttons in whole numbers', () => {
    const name = btoa('Pad')
    const state = hear(
      fresh(),
      `js,c,1,${name},4,17`,
      'js,b,1,0,1',
      'js,b,1,1,0.6',
      'js,b,1,7,0.6',
      'js,a,1,3,-0.5',
      'js,a,1,9,1',
    )
    expect(state.pads[1]).toMatchObject({ name: 'Pad', axes: [0, 0, 0, -0.5] })
    expect(state.pads[1]?.buttons.slice(0, 8)).toEqual([1, 0, 0, 0, 0, 0, 0, 0.6])
    expect(hear(state, 'js,d,1').pads[1]).toBeNull()
    expect(hear(state, 'js,b,9,0,1').pads).toEqual(state.pads)
    expect(hear(fresh(), 'js,b,0,2,1').pads[0]?.buttons[2]).toBe(1)
  })
  it('shows what was pasted', () => {
    const clip = { text: 'from outside', mime: 'text/plain', bytes: 12, from: 'viewer' } as const
    const state = reduce(fresh(), { type: 'pasted', clip })
    expect(state.clip).toBe(clip)
    expect(hear(state, `kd,${0xffe3}`, ...tap(0x76)).field.text).toBe('from outside')
    expect(state.copies).toBe(0)
  })
})
