import { describe, expect, it } from 'vitest'
import { findChromium, type Machine } from './find-chromium.ts'

function machine(platform: NodeJS.Platform, env: Machine['env'], ...executables: string[]): Machine {
  return { platform, env, isExecutable: (path) => executables.includes(path) }
}

describe('where Chromium is', () => {
  it('is where the variable says, whatever else there is', () => {
    const env = { LANDALE_CHROMIUM: '/opt/mine', PATH: '/usr/bin' }
    expect(findChromium(machine('linux', env, '/usr/bin/chromium', '/opt/mine')).executable).toBe('/opt/mine')
  })

  it('a variable that is wrong is told, not passed over', () => {
    const { missing } = findChromium(machine('linux', { LANDALE_CHROMIUM: '/opt/gone' }, '/usr/bin/chromium'))
    expect(missing).toMatch(/LANDALE_CHROMIUM says Chromium is \/opt\/gone, but nothing can be started there/)
  })

  it.each([
    ['linux', { PATH: '/bin:/usr/local/bin' }, '/usr/local/bin/google-chrome'],
    ['linux', {}, '/snap/bin/chromium'],
    ['darwin', { HOME: '/Users/a' }, '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome'],
    ['darwin', { HOME: '/Users/a' }, '/Users/a/Applications/Chromium.app/Contents/MacOS/Chromium'],
    ['win32', { ProgramFiles: 'C:\\P' }, 'C:\\P\\Google\\Chrome\\Application\\chrome.exe'],
    ['win32', { 'ProgramFiles(x86)': 'C:\\P86' }, 'C:\\P86\\Microsoft\\Edge\\Application\\msedge.exe'],
  ] as const)('on %s with %o it is found at %s', (platform, env, path) => {
    expect(findChromium(machine(platform, env, path))).toEqual({ executable: path, missing: null })
  })

  it('Chromium itself comes before its kin', () => {
    const env = { PATH: '/a:/b' }
    expect(findChromium(machine('linux', env, '/a/google-chrome', '/b/chromium')).executable).toBe('/b/chromium')
  })

  it.each(['linux', 'darwin', 'win32'] as const)('none on %s: says what to do', (platform) => {
    expect(findChromium(machine(platform, {})).missing).toMatch(
      /Install Chromium, Chrome or Edge, or set LANDALE_CHROMIUM/,
    )
  })
})
