/** `/proc` as kernels write it, odd names included. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import { createLinuxPlatform } from './linux.ts'
import { argsContain, type ProcessRow, plainName, treeOf } from './platform.ts'
import { parseBootTime, parseCpu, parseMemory, parseNetwork, parseNulList, parseStat } from './proc.ts'

const rest = '1 100 99 0 -1 4194560 1 0 0 0 250 50 0 0 20 0 7 0 123456 1000000 2048 18446744073709551615 1 1 0'

describe('parseStat', () => {
  it.each(['node', 'a b', 'evil) R 1 1', '(((', 'tab\there', 'línea', ''])('a process named %j', (name) => {
    expect(parseStat(`4242 (${name}) S ${rest}`)).toEqual({
      pid: 4242,
      name,
      state: 'S',
      ppid: 1,
      group: 100,
      session: 99,
      ticks: 300,
      startTicks: 123_456,
      residentPages: 2_048,
    })
  })

  it.each(['', 'nothing', '12 (cut', '12 (a) S 1', ') 12 ('])('%j is none', (text) => {
    expect(parseStat(text)).toBeUndefined()
  })
})

it('the machine’s files', () => {
  expect(parseCpu('cpu  10 0 10 70 10 0 0 0 0 0\ncpu0 1 1 1 1\n')).toEqual({ total: 100, idle: 80 })
  expect(parseCpu('intr 1')).toBeUndefined()
  expect(parseBootTime('cpu 1\nbtime 1767225600\n')).toBe(1_767_225_600)
  expect(parseMemory('MemTotal:       1000 kB\nMemFree:  1 kB\nMemAvailable:    400 kB\n')).toBe(600 * 1_024)
  expect(parseMemory('MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 50 kB\nCached: 50 kB\n')).toBe(800 * 1_024)
  const header = 'Inter-|   Receive                |  Transmit\n face |bytes    packets errs drop fifo frame\n'
  const lines = '    lo: 999 1 0 0 0 0 0 0 999 1 0 0\n  eth0:100 1 0 0 0 0 0 0 200 1 0 0\ntun0: 5 0 0 0 0 0 0 0 6 0\n'
  expect(parseNetwork(header + lines)).toEqual([105, 206])
  expect(parseNulList('a\0\0b c\0')).toEqual(['a', '', 'b c'])
  expect(parseNulList('')).toEqual([])
})

it('names and arguments', () => {
  expect(['C:\\Program Files\\obs\\OBS64.EXE', '/usr/bin/obs64', 'obs64.exe'].map(plainName)).toEqual([
    'obs64',
    'obs64',
    'obs64',
  ])
  expect(argsContain(['run', '--port', '1234', 'x'], ['--port', '1234'])).toBe(true)
  expect(argsContain(['1234', '--port'], ['--port', '1234'])).toBe(false)
})

it('a tree, in a damaged table too', () => {
  const row = (pid: number, ppid: number): ProcessRow => ({
    pid,
    ppid,
    group: 0,
    session: 0,
    token: '',
    startedAt: 0,
    cpuMs: 0,
    memory: 0,
  })
  const table = [row(1, 0), row(2, 1), row(3, 2), row(4, 2), row(9, 1), row(5, 4)]
  expect(treeOf(table, 2).map(({ pid }) => pid)).toEqual([2, 3, 4, 5])
  expect(treeOf([row(2, 3), row(3, 2)], 2).map(({ pid }) => pid)).toEqual([2, 3])
  expect(treeOf(table, 77)).toEqual([])
})

describe.runIf(process.platform === 'linux')('linux', () => {
  it('sees this very process as it is', async () => {
    const platform = createLinuxPlatform()
    const row = await platform.row(process.pid)
    const rss = process.memoryUsage.rss()
    expect(row?.ppid).toBe(process.ppid)
    expect(row?.memory).toBeGreaterThan(rss / 2)
    expect(row?.memory).toBeLessThan(rss * 2)
    expect(Math.abs((row?.startedAt ?? 0) - (Date.now() - process.uptime() * 1_000))).toBeLessThan(60_000)
    expect(row && (await platform.command(row))?.name).toMatch(/node/)
    expect((await platform.table()).find(({ pid }) => pid === process.pid)?.token).toBe(row?.token)
    expect(await platform.row(2 ** 22 + 1)).toBeUndefined()
  })

  it('reads the machine', async () => {
    const { memory, disks } = await createLinuxPlatform().machine()
    expect(memory).toBeGreaterThan(1_000_000)
    expect(disks[0]?.[2]).toBeGreaterThan(disks[0]?.[1] ?? 0)
  })
})

describe.skipIf(process.platform !== 'linux')('orphans', () => {
  it('are told by those who inherit them, as soon as their parent is gone', async () => {
    const platform = createLinuxPlatform()
    const parent = spawn('sh', ['-c', 'setsid sleep 60 & echo $!; wait'], { stdio: ['ignore', 'pipe', 'ignore'] })
    const [line] = (await once(parent.stdout, 'data')) as [Buffer]
    const orphan = Number(line)
    const isTold = async () => (await platform.orphans?.())?.some(({ pid }) => pid === orphan)
    try {
      expect(await isTold()).not.toBe(true)
      parent.kill('SIGKILL')
      await expect.poll(isTold, { timeout: 10_000 }).toBe(true)
    } finally {
      process.kill(orphan, 'SIGKILL')
    }
  })
})
