// JSON alone crosses the border: what JSON.stringify would lose, change or run is refused.
import { describe, expect, it } from 'vitest'
import { judgeJson, toJsonValue } from './json-value.ts'

const sparse = () => {
  const list: unknown[] = [1]
  list[2] = 2
  return list
}
class Thing {
  readonly a = 1
}

describe('judgeJson', () => {
  it.each([null, true, 0, -1.5, '', 'text', [], [1, [2]], {}, { a: { b: [null] } }])('takes %j', (value) => {
    expect(judgeJson(value, 1000)).toBe('ok')
  })
  it.each([
    ['undefined', undefined],
    ['an undefined field', { a: undefined }],
    ['a hole', sparse()],
    ['NaN', NaN],
    ['Infinity', [Infinity]],
    ['a bigint', 1n],
    ['a function', { run: () => 1 }],
    ['a symbol', { [Symbol('s')]: 1 }],
    ['a Date', new Date(0)],
    ['a Map', new Map()],
    ['bytes', new Uint8Array(1)],
    ['a class instance', new Thing()],
    ['an own __proto__', JSON.parse('{"__proto__": {"a": 1}}') as unknown],
  ])('refuses %s', (_name, value) => {
    expect(judgeJson(value, 1000)).toBe('not-json')
  })
  it('measures strings, keys, and how much there is of everything', () => {
    expect(judgeJson('x'.repeat(101), 100)).toBe('too-large')
    expect(judgeJson({ ['x'.repeat(101)]: 1 }, 100)).toBe('too-large')
    expect(
      judgeJson(
        Array.from({ length: 50 }, () => 0),
        100,
      ),
    ).toBe('too-large')
  })
  it('refuses a value that contains itself, and one that is nested without end', () => {
    const loop: Record<string, unknown> = {}
    loop['again'] = loop
    expect(judgeJson(loop, 1e9)).toBe('too-large')
  })
})

describe('toJsonValue', () => {
  it('is what the other side of a wire would read', () => {
    expect(toJsonValue({ a: undefined, b: [1] })).toStrictEqual({ b: [1] })
  })
})
