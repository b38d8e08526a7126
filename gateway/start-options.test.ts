// The pure parts of the web host's start.
import { describe, expect, it } from 'vitest'
import { defaultDataDir } from '../main/data-dir.ts'
import { browserCommand, portFrom } from './start-options.ts'

describe('portFrom', () => {
  it.each([
    [undefined, 0],
    ['', 0],
    ['0', 0],
    ['8080', 8080],
    ['65535', 65_535],
    ['65536', null],
    ['-1', null],
    ['80a', null],
    ['1e3', null],
    ['0x50', null],
  ])('reads %j as %j', (text, port) => expect(portFrom(text)).toBe(port))
})

describe('browserCommand', () => {
  it.each(['linux', 'darwin', 'win32', 'freebsd'])('gives the link as one argument of its own on %s', (platform) => {
    const url = 'http://127.0.0.1:1/?token=a&b'
    expect(browserCommand(platform, url).at(-1)).toBe(url)
  })
})

describe('defaultDataDir', () => {
  it.each([
    ['linux', {}, '/home/me/.config/kasm-operator'],
    ['linux', { XDG_CONFIG_HOME: '/x' }, '/x/kasm-operator'],
    ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/me/.config/kasm-operator'],
    ['darwin', {}, '/home/me/Library/Application Support/Kasm Operator'],
    ['win32', { APPDATA: '/roaming' }, '/roaming/Kasm Operator'],
    ['linux', { KASM_DATA_DIR: '/chosen' }, '/chosen'],
  ])('follows the custom of %s %j', (platform, env, folder) => {
    expect(defaultDataDir(platform, env, '/home/me')).toBe(folder)
  })
})
