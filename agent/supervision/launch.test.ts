/** What differs on Windows when something is started; the starting itself is tested by the supervisor's tests. */
import { describe, expect, it } from 'vitest'
import { environmentOf, isHidden } from './launch.ts'

describe('on Windows', () => {
  it('a variable of the definition replaces one that is written otherwise', () => {
    const own = { Path: 'C:\\Windows', TEMP: 'C:\\t', Other: '1' }
    const definition = { env: { PATH: 'D:\\bin', Temp: 'D:\\t' } }
    expect(environmentOf(definition, own, 'win32')).toEqual({ PATH: 'D:\\bin', Temp: 'D:\\t', Other: '1' })
    expect(environmentOf(definition, own, 'linux')).toEqual({ ...own, ...definition.env })
  })

  it.each([
    ['C:\\Program Files\\obs-studio\\bin\\64bit\\obs64.exe', false],
    ['node', false],
    ['cmd.exe', true],
    ['C:\\Windows\\System32\\CMD.EXE', true],
    ['pwsh', true],
  ])('%s is hidden: %s', (command, hidden) => {
    expect(isHidden(command)).toBe(hidden)
  })
})
