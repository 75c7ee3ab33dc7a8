/** The Windows platform over a made-up machine: what it asks, how seldom, and what it says when it cannot ask. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { systemClock } from '../base/clock.ts'
import { treeOf } from './platform.ts'
import { PowerShellHost } from './powershell-host.ts'
import { SCRIPT_LINES } from './powershell-script.ts'
import { createWindowsPlatform, type WindowsTools } from './windows.ts'

const BOOT = Date.UTC(2026, 10, 21, 8)
const SELF = 50

interface Fake {
  pid: number
  ppid: number
  name: string
  /** s after the machine's start. */
  started: number
  line?: string
  used?: number
  /** Another account's: its start is not told by the system's own list. */
  foreign?: boolean
  windowless?: boolean
  /** An icon beside the clock. */
  hidden?: boolean
}

/** Windows as far as the platform can tell. */
class Machine {
  processes: Fake[] = [
    { pid: 4, ppid: 0, name: 'System', started: 0, foreign: true },
    { pid: SELF, ppid: 9, name: 'landale-agent.exe', started: 100 },
    { pid: 4_242, ppid: SELF, name: 'obs64.exe', started: 200, line: '"C:\\obs 64\\obs64.exe" --verbose', used: 10 },
    { pid: 4_300, ppid: 4_242, name: 'obs-browser-page.exe', started: 201, windowless: true },
    // Its parent's number was given to somebody younger.
    { pid: 4_400, ppid: 4_300, name: 'old.exe', started: 150, foreign: true },
  ]
  now = 0
  down: string | undefined
  cim = true
  tasklist = true
  /** Old enough for it. */
  wmic = false
  readonly asked: string[] = []
  readonly ran: string[] = []
  readonly refused = new Set<number>()

  readonly tools: WindowsTools = {
    host: {
      ask: async (text) => this.#answer(text),
      close() {},
      trouble: undefined,
    },
    run: async (command, args) => this.#run(command, args),
    now: () => this.now,
    exists: (pid) => this.processes.some((one) => one.pid === pid),
    terminate: (pid) => {
      if (this.refused.has(pid)) throw Object.assign(new Error('kill EPERM'), { code: 'EPERM' })
      this.end(pid)
    },
    pid: SELF,
    bootedAt: BOOT,
    patienceMs: 60_000,
  }
  readonly platform = createWindowsPlatform(this.tools)

  end(pid: number): void {
    this.processes = this.processes.filter((one) => one.pid !== pid)
  }

  start(process: Fake): void {
    this.processes.push(process)
  }

  async #answer(text: string): Promise<unknown> {
    this.asked.push(text)
    if (this.down) throw new Error(this.down)
    const [verb] = text.split(' ')
    const pids = [...text.matchAll(/\d+/g)].map(Number)
    const some = pids.length === 0 ? this.processes : this.processes.filter(({ pid }) => pids.includes(pid))
    switch (verb) {
      case 'Close': {
        const [one] = some
        if (!one || one.windowless || one.hidden) return false
        this.end(one.pid)
        return true
      }
      case 'Cim':
        if (!this.cim) throw new Error('Der Dienst kann nicht gestartet werden.')
        return some.map(({ pid, ppid, name, started, used = 0 }) => [pid, ppid, steps(started), used, pid * 10, name])
      case 'Look':
      case 'Use':
        return some.map(({ pid, name, started, used = 0, foreign }) => {
          const shown = name.replace(/\.exe$/, '')
          return foreign ? [pid, '0', 0, pid * 10, shown] : [pid, steps(started, 3), used, pid * 10, shown]
        })
      case 'Line':
        return some[0]?.line ?? null
      case 'Net':
        return [this.now * 2, this.now]
      case 'Heat':
        return [3_231]
      case 'Drives':
        return ['C:']
      default:
        return { version: '5.1', mode: 'FullLanguage' }
    }
  }

  async #run(command: string, args: readonly string[]): Promise<string> {
    this.ran.push([command, ...args].join(' '))
    if (command === 'tasklist.exe') {
      if (!this.tasklist) return ''
      return this.processes.map(({ pid, name }) => `"${name}","${pid}","Konsole","1","${pid} K"\r\n`).join('')
    }
    if (command === 'wbem\\wmic.exe') {
      if (!this.wmic) throw new Error('ENOENT')
      const rows = this.processes.map(({ pid, ppid, name, started }) => {
        const date = new Date(BOOT + started * 1_000 + 3_600_000).toISOString().replaceAll(/[-:TZ.]/g, '')
        return `${date.slice(0, 14)}.${date.slice(14)}000+060  ${name.padEnd(30)}  ${ppid}     ${pid}   4096  \r\r\n`
      })
      return `CreationDate               Name   ParentProcessId  ProcessId  WorkingSetSize  \r\r\n${rows.join('')}`
    }
    const pid = Number(args[1])
    if (this.processes.some((one) => one.pid === pid && one.windowless) && !args.includes('/F')) {
      throw new Error('FEHLER: Dieser Prozess kann nur erzwungen beendet werden (mit der Option /F).')
    }
    this.end(pid)
    return `ERFOLGREICH: An den Prozess mit PID ${pid} wurde ein Beendigungssignal gesendet.`
  }
}

/** CIM tells microseconds, the system tenths of them. */
function steps(seconds: number, more = 0): string {
  return String(BigInt(BOOT + seconds * 1_000 + 11_644_473_600_000) * 10_000n + BigInt(more))
}

describe('Windows', () => {
  it('asks CIM for all once, and then for what is new', async () => {
    const machine = new Machine()
    const { platform, asked } = machine
    const table = await platform.table()
    expect(table.map(({ pid, ppid, name }) => [pid, ppid, name])).toEqual([
      [4, 0, 'System'],
      [SELF, 9, 'landale-agent.exe'],
      [4_242, SELF, 'obs64.exe'],
      [4_300, 4_242, 'obs-browser-page.exe'],
      [4_400, 0, 'old.exe'],
    ])
    expect(table[2]).toMatchObject({ token: steps(200), startedAt: BOOT + 200_000 })
    machine.now += 10_000
    expect(await platform.table()).toEqual(table)
    machine.start({ pid: 5_000, ppid: 4_242, name: 'ffmpeg.exe', started: 300 })
    machine.end(4_300)
    machine.now += 10_000
    const tree = treeOf(await platform.table(), 4_242)
    expect(tree.map(({ pid }) => pid)).toEqual([4_242, 5_000])
    expect(asked).toEqual(["Cim ''", 'Look', 'Look', "Cim ' WHERE ProcessId = 5000'"])
    machine.now += 600_001
    await platform.table()
    expect(asked.at(-1)).toBe("Cim ''")
  })

  it('one look serves all who ask within a moment', async () => {
    const machine = new Machine()
    const { platform, asked } = machine
    await Promise.all([platform.table(), platform.table()])
    await platform.table()
    expect(asked).toHaveLength(1)
    const row = await platform.row(4_242)
    if (!row) throw new Error('it is there')
    await platform.signal(row, 'SIGTERM')
    expect((await platform.table()).some(({ pid }) => pid === 4_242)).toBe(false)
    expect(asked).toEqual(["Cim ''", 'Close 4242', 'Look'])
  })

  it('after an end, a look that was before it or under way does not count', async () => {
    const machine = new Machine()
    const { platform, asked } = machine
    await platform.table()
    machine.start({ pid: 5_000, ppid: 4_242, name: 'ffmpeg.exe', started: 300 })
    machine.end(4_242)
    expect(await platform.row(4_242)).toBeUndefined()
    // What it left says whose it was.
    expect((await platform.table()).find(({ pid }) => pid === 5_000)?.ppid).toBe(4_242)
    machine.now += 10_000
    const under = platform.table()
    machine.start({ pid: 5_001, ppid: 5_000, name: 'x.exe', started: 301 })
    machine.end(5_000)
    expect((await platform.table()).find(({ pid }) => pid === 5_001)?.ppid).toBe(5_000)
    expect((await under).map(({ pid }) => pid)).not.toContain(5_000)
    expect(asked.filter((one) => one === 'Look').length).toBeLessThan(5)
  })

  it('a process that is known is asked about seldom, and its end is seen at once', async () => {
    const machine = new Machine()
    const { platform, asked } = machine
    await platform.table()
    for (let second = 0; second < 14; second++) {
      machine.now += 1_000
      expect((await platform.row(4_242))?.token).toBe(steps(200))
    }
    expect(asked).toHaveLength(1)
    machine.now += 2_000
    expect((await platform.row(4_242))?.token).toBe(steps(200))
    expect(asked.slice(1)).toEqual(['Use 4242'])
    machine.end(4_242)
    expect(await platform.row(4_242)).toBeUndefined()
    expect(asked).toHaveLength(2)
  })

  it('a number that was given to another is another process', async () => {
    const machine = new Machine()
    const { platform } = machine
    await platform.table()
    machine.end(4_242)
    machine.start({ pid: 4_242, ppid: SELF, name: 'obs64.exe', started: 900 })
    machine.now += 20_000
    expect((await platform.row(4_242))?.token).toBe(steps(900))
    // A foreign one tells no start: its name does.
    machine.end(4_400)
    machine.start({ pid: 4_400, ppid: 4, name: 'svchost.exe', started: 901, foreign: true })
    machine.now += 20_000
    expect((await platform.table()).find(({ pid }) => pid === 4_400)?.token).toBe(steps(901))
  })

  it('what they use comes from the system’s own list', async () => {
    const machine = new Machine()
    const { platform, asked } = machine
    expect(await platform.rows([])).toEqual([])
    expect(await platform.rows([4_242, 1])).toMatchObject([{ pid: 4_242, cpuMs: 0, memory: 42_420 }])
    const obs = machine.processes.find(({ pid }) => pid === 4_242)
    if (obs) obs.used = 30_000_000
    expect(await platform.rows([4_242])).toMatchObject([{ pid: 4_242, cpuMs: 3_000 }])
    expect(asked).toEqual(["Cim ' WHERE ProcessId = 4242'", 'Use 4242'])
  })

  it('a command line is asked for once', async () => {
    const machine = new Machine()
    const { platform, asked } = machine
    const row = await platform.row(4_242)
    if (!row) throw new Error('it is there')
    const told = { name: 'obs64.exe', args: ['--verbose'] }
    expect([await platform.command(row), await platform.command(row)]).toEqual([told, told])
    expect(asked.filter((one) => one.startsWith('Line'))).toEqual(['Line 4242'])
    expect(await platform.command({ ...row, token: 'another' })).toBeUndefined()
  })

  it('asks a window to close, and ends at once what has none', async () => {
    const machine = new Machine()
    const { platform, ran } = machine
    machine.start({ pid: 6_000, ppid: SELF, name: 'tray.exe', started: 400, hidden: true })
    for (const pid of [4_300, 4_242, 6_000]) {
      const row = await platform.row(pid)
      if (!row) throw new Error('it is there')
      await platform.signal(row, 'SIGTERM')
    }
    expect(ran).toEqual(['taskkill.exe /PID 4300', 'taskkill.exe /PID 6000'])
    expect(machine.processes.map(({ pid }) => pid)).toEqual([4, SELF, 4_400])
  })

  it('where CIM is switched off, all but parents and command lines is told by the system’s own list', async () => {
    const machine = new Machine()
    const before = await machine.platform.table()
    machine.cim = false
    const platform = createWindowsPlatform(machine.tools)
    const table = await platform.table()
    expect(table.find(({ pid }) => pid === 4_242)).toMatchObject({ token: before[2]?.token, ppid: 0, name: 'obs64' })
    expect((await platform.row(4_242))?.token).toBe(before[2]?.token)
    machine.now += 20_000
    expect((await platform.row(4_242))?.token).toBe(before[2]?.token)
    expect(await platform.notes()).toEqual([expect.stringContaining('CIM does not answer (Der Dienst')])
    machine.cim = true
    machine.now += 600_001
    expect((await platform.table()).find(({ pid }) => pid === 4_242)).toEqual(before[2])
    expect(await platform.notes()).toEqual([])
    expect(machine.ran).toEqual([])
  })

  it('kills all that are still themselves, and says whom Windows keeps', async () => {
    const machine = new Machine()
    const { platform, ran } = machine
    const rows = (await platform.table()).filter(({ pid }) => pid > 4_000)
    machine.refused.add(4_400)
    const [obs, ...rest] = rows
    if (!obs) throw new Error('it is there')
    await expect(platform.kill([{ ...obs, token: 'former' }, ...rest])).rejects.toThrow(
      'Windows refuses to end 4400: kill EPERM; is it run by an administrator',
    )
    expect(machine.processes.map(({ pid }) => pid)).toEqual([4, SELF, 4_242, 4_400])
    expect(ran).toEqual([])
  })
})

describe('Windows without PowerShell', () => {
  it('tells who is alive, by tasklist and seldom', async () => {
    const machine = new Machine()
    machine.down = 'PowerShell ended (code 1)'
    const { platform, ran } = machine
    const table = await platform.table()
    expect(table.map(({ pid, ppid, name }) => [pid, ppid, name])).toContainEqual([4_242, 0, 'obs64.exe'])
    const [token] = table.filter(({ pid }) => pid === 4_242).map((row) => row.token)
    machine.now += 900
    await platform.table()
    machine.now += 9_000
    await platform.rows([4_242, 4_300])
    expect(await platform.row(4_242)).toMatchObject({ token })
    expect(ran.filter((line) => line.startsWith('wbem'))).toHaveLength(2)
    expect(ran.slice(2)).toEqual(['tasklist.exe /FO CSV /NH'])
    machine.start({ pid: 5_000, ppid: SELF, name: 'vts.exe', started: 800 })
    expect(await platform.row(5_000)).toMatchObject({ name: 'vts.exe' })
    await platform.table()
    expect(ran.slice(3)).toEqual(['tasklist.exe /FO CSV /NH'])
    // The next agent knows it again, until the machine starts anew.
    const next = createWindowsPlatform(machine.tools)
    expect((await next.table()).find(({ pid }) => pid === 4_242)?.token).toBe(token)
    const later = createWindowsPlatform({ ...machine.tools, bootedAt: BOOT + 3_600_000 })
    expect((await later.row(4_242))?.token).not.toBe(token)
    expect(await platform.notes()).toEqual([
      'PowerShell cannot be used (PowerShell ended (code 1)): no parents and no start times, no command lines and no network figures',
    ])
    const row = await platform.row(4_242)
    if (!row) throw new Error('it is there')
    await platform.kill([row])
    expect(ran.at(-1)).toBe('taskkill.exe /PID 4242 /T /F')
  })

  it('by wmic, where there is one, as well as by PowerShell', async () => {
    const machine = new Machine()
    machine.wmic = true
    const before = await machine.platform.table()
    machine.down = 'blocked'
    const other = createWindowsPlatform(machine.tools)
    const table = await other.table()
    expect(table.map(({ pid, ppid, token }) => [pid, ppid, token])).toEqual(
      before.map(({ pid, ppid, token }) => [pid, ppid, token]),
    )
    machine.now += 20_000
    expect(await other.row(4_242)).toMatchObject({ memory: 4_096, token: steps(200) })
    expect(machine.ran).toHaveLength(2)
    expect(await other.notes()).toEqual([expect.stringContaining('no processor time, no command lines')])
  })

  it('what was known stays what it was, down and up again', async () => {
    const machine = new Machine()
    const { platform } = machine
    await platform.table()
    machine.down = 'PowerShell did not answer within 20 s'
    machine.now += 20_000
    machine.start({ pid: 5_000, ppid: SELF, name: 'vts.exe', started: 800 })
    const during = await platform.table()
    expect(during.find(({ pid }) => pid === 4_242)?.token).toBe(steps(200))
    machine.now += 20_000
    expect((await platform.row(4_242))?.token).toBe(steps(200))
    expect(treeOf(during, 4_242).map(({ pid }) => pid)).toEqual([4_242, 4_300])
    const fresh = during.find(({ pid }) => pid === 5_000)
    expect(fresh).toMatchObject({ startedAt: 0, name: 'vts.exe' })
    machine.down = undefined
    machine.now += 20_000
    const after = (await platform.table()).find(({ pid }) => pid === 5_000)
    expect(after).toMatchObject({ token: fresh?.token, ppid: SELF, startedAt: BOOT + 800_000 })
  })

  it('nobody waits for a PowerShell that hangs to learn what is known', async () => {
    const machine = new Machine()
    let hung = false
    const { host } = machine.tools
    const platform = createWindowsPlatform({
      ...machine.tools,
      patienceMs: 1,
      host: { ...host, ask: (text) => (hung ? new Promise(() => {}) : host.ask(text)) },
    })
    const table = await platform.table()
    hung = true
    machine.now += 20_000
    expect(await platform.table()).toEqual(table)
    expect(await platform.row(4_242)).toEqual(table[2])
    expect(await platform.rows([4_242])).toEqual([table[2]])
    const [, , obs] = table
    if (!obs) throw new Error('it is there')
    await platform.kill([obs])
    expect(await platform.row(4_242)).toBeUndefined()
  })

  it('where nothing tells anything, what is there is not gone', async () => {
    const machine = new Machine()
    machine.down = 'blocked'
    machine.tasklist = false
    const { platform } = machine
    expect(await platform.table()).toEqual([])
    const row = await platform.row(4_242)
    expect(row).toMatchObject({ pid: 4_242, ppid: 0 })
    expect(await platform.row(4_242)).toEqual(row)
    expect(await platform.table()).toEqual([row])
    machine.end(4_242)
    expect(await platform.row(4_242)).toBeUndefined()
    const other = createWindowsPlatform({ ...machine.tools, pid: 60 })
    machine.start({ pid: 4_242, ppid: SELF, name: 'obs64.exe', started: 900 })
    expect((await other.row(4_242))?.token).not.toBe(row?.token)
  })
})

describe('the machine', () => {
  it('tells figures without anybody waiting for PowerShell', async () => {
    const machine = new Machine()
    const { platform } = machine
    const first = await platform.machine()
    expect(first.net).toBeNull()
    expect(first.memory).toBeGreaterThan(0)
    const later = async () => {
      machine.now += 2_000
      return platform.machine()
    }
    await expect.poll(later).toMatchObject({ net: [2_000, 1_000], temperature: 50 })
    expect(machine.asked.filter((one) => one === 'Heat' || one === 'Drives')).toEqual(['Drives', 'Heat'])
    expect(await platform.notes()).toEqual([])
  })
})

describe('over a real stand-in for PowerShell', () => {
  const folder = mkdtempSync(join(tmpdir(), 'landale-windows-'))
  const world = join(folder, 'world')
  const host = new PowerShellHost({
    command: process.execPath,
    args: [join(import.meta.dirname, 'testing', 'fake-powershell.ts'), 'chatter', world],
    script: SCRIPT_LINES,
    clock: systemClock,
    random: Math.random,
  })
  afterEach(() => {
    host.close()
    rmSync(folder, { recursive: true, force: true })
  })

  it('reads what it answers, German and odd names too', async () => {
    const platform = createWindowsPlatform({ ...new Machine().tools, host, exists: () => true })
    const cim = [
      [4_242, 100, steps(200), 12_500_000, 409_600_000, 'Übertragung (größer).exe'],
      [4_300, 4_242, steps(201), 0, 1_000, '配信?.exe'],
    ]
    const look = cim.map(([pid, , start, used, memory, name]) => [pid, start, used, memory, String(name).slice(0, -4)])
    writeFileSync(
      world,
      JSON.stringify({ Cim: cim, Look: look, Use: look, Self: { version: '5.1', mode: 'ConstrainedLanguage' } }),
    )
    const table = await platform.table()
    expect(treeOf(table, 4_242).map(({ name }) => name)).toEqual(['Übertragung (größer).exe', '配信?.exe'])
    expect(await platform.rows([4_242])).toMatchObject([{ cpuMs: 1_250 }])
    const [row] = table
    if (!row) throw new Error('it is there')
    await expect(platform.command(row)).rejects.toThrow('"Line" wurde nicht erkannt')
    expect(await platform.notes()).toEqual([expect.stringContaining('held to ConstrainedLanguage')])
  })
})
