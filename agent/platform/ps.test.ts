/** Samples of macOS output, in other locales too, and the whole platform over it. */
import { describe, expect, it } from 'vitest'
import { createDarwinPlatform } from './darwin.ts'
import { MARKER } from './platform.ts'
import { findVariable, parseCommandLine, parseCpuTime, parseNetstat, parsePs, parseVmStat } from './ps.ts'

const PS = `
    1     0     1 0      Ss   Thu Nov  5 08:01:02 2026     5:12.30  12345 /sbin/launchd
  501     1   501 0      S    Sat Nov 21 21:26:37 2026     1:02.34 409600 /Applications/OBS.app/Contents/MacOS/OBS
  777   501   501 0      S+   Sat Nov 21 21:26:38 2026   0:00.01    512 /Applications/VTube Studio.app/Contents/MacOS/VTube Studio
  778   501   501 0      Z    Sat Nov 21 21:26:38 2026   0:00.00      0 (gone)
garbage
`

describe('ps', () => {
  it('takes names with blanks, and leaves out zombies', () => {
    const rows = parsePs(PS)
    expect(rows.map(({ row, name }) => [row.pid, row.ppid, name])).toEqual([
      [1, 0, '/sbin/launchd'],
      [501, 1, '/Applications/OBS.app/Contents/MacOS/OBS'],
      [777, 501, '/Applications/VTube Studio.app/Contents/MacOS/VTube Studio'],
    ])
    expect(rows[1]?.row).toMatchObject({ group: 501, memory: 419_430_400, cpuMs: 62_340 })
    expect(rows[1]?.row.startedAt).toBe(Date.UTC(2026, 10, 21, 21, 26, 37))
    expect(rows[1]?.row.token).not.toBe(rows[2]?.row.token)
  })

  it('takes a locale that puts the day first and a comma in the time', () => {
    const [found] = parsePs('  9 1 9 0 S  Sa  21 Nov 21:26:37 2026  1:02,34 10 /bin/zsh\n')
    expect(found?.row).toMatchObject({ cpuMs: 62_340, startedAt: Date.UTC(2026, 10, 21, 21, 26, 37) })
  })

  it('a process that is called by nothing, or does not tell its command line, is there all the same', () => {
    const rows = parsePs(`
  601     1   601 0      Ss   Sat Nov 21 21:26:37 2026     1:02.34 409600
  602     1   602 0      U    Sat Nov 21 21:26:37 2026   123:02.34      8 (kernel_task)
  603     1   603 fffff  SNs+ Sat Nov 21 21:26:37 2026     0:00.34      8 -zsh
`)
    expect(rows.map(({ row, name }) => [row.pid, row.memory, name])).toEqual([
      [601, 419_430_400, ''],
      [602, 8_192, 'kernel_task'],
      [603, 8_192, '-zsh'],
    ])
    expect(rows[1]?.row.cpuMs).toBe((123 * 60 + 2.34) * 1_000)
  })

  it.each([
    ['0:00.00', 0],
    ['12:01:02', 43_262_000],
    ['3-12:01:02', 302_462_000],
    ['?', 0],
  ])('a time of %s is %i ms', (text, ms) => {
    expect(parseCpuTime(text)).toBe(ms)
  })

  it('command lines and environments', () => {
    const path = '/Applications/VTube Studio.app/Contents/MacOS/VTube Studio'
    expect(parseCommandLine(`${path} --port 8001\n`, path)).toEqual({ name: 'VTube Studio', args: ['--port', '8001'] })
    expect(parseCommandLine('node server.js', '/usr/local/bin/node')).toEqual({ name: 'node', args: ['server.js'] })
    const environments = `
    1 /sbin/launchd
  501 node x.js HOME=/a ${MARKER}=i/obs/r1 TERM=x
  502 node X${MARKER}=no
 9503 /Applications/VTube Studio.app/Contents/MacOS/VTube Studio ${MARKER}=i/vts/r2
`
    expect([...findVariable(environments, MARKER)]).toEqual([
      [501, 'i/obs/r1'],
      [9_503, 'i/vts/r2'],
    ])
  })

  it('memory and network', () => {
    const vm = `Mach Virtual Memory Statistics: (page size of 16384 bytes)
Pages free:                               10000.
Pages active:                              1000.
Pages wired down:                           500.
Pages occupied by compressor:               100.
`
    expect(parseVmStat(vm)).toBe(1_600 * 16_384)
    expect(parseVmStat('')).toBeUndefined()
    const net = `Name       Mtu   Network       Address            Ipkts Ierrs     Ibytes    Opkts Oerrs     Obytes  Coll
lo0        16384 <Link#1>                          999     0       9999      999     0       9999     0
en0        1500  <Link#4>    aa:bb:cc:dd:ee:ff     100     0       5000      100     0       7000     0
en0        1500  192.168.1     192.168.1.20        100     -       5000      100     -       7000     -
utun0      1380  <Link#9>                           10     0         50       10     0         70     0
`
    expect(parseNetstat(net)).toEqual([5_050, 7_070])
    expect(parseNetstat('nonsense')).toBeUndefined()
  })

  it('the platform over them', async () => {
    const asked: string[] = []
    const platform = createDarwinPlatform(async (command, args) => {
      asked.push([command, ...args].join(' '))
      if (args.includes('args=')) return '/Applications/OBS.app/Contents/MacOS/OBS --minimize\n'
      return args.includes('-p') ? (PS.split('\n')[2] ?? '') : PS
    })
    const table = await platform.table()
    expect(table).toHaveLength(3)
    expect((await platform.rows([501, 777])).map(({ pid }) => pid)).toContain(501)
    const row = await platform.row(501)
    expect(row).toEqual(table[1])
    expect(row && (await platform.command(row))).toEqual({ name: 'OBS', args: ['--minimize'] })
    expect(asked.every((line) => line.startsWith('/bin/ps ') && line.includes('-ww'))).toBe(true)
  })

  it('marks are asked for once for each list, in the way that shows them', async () => {
    const asked: string[] = []
    let old = true
    const platform = createDarwinPlatform(async (_command, args) => {
      asked.push(args.join(' '))
      if (!args.includes('pid=,command=')) return PS
      const shown = args.includes('axeww') === old
      return `  501 OBS${shown ? ` ${MARKER}=i/obs/r1` : ''}\n${process.pid} agent${shown ? ' PATH=/bin' : ''}\n`
    })
    const table = await platform.table()
    const marks = () => Promise.all(table.map((row) => platform.marker(row)))
    expect(await marks()).toEqual([undefined, 'i/obs/r1', undefined])
    expect(asked.slice(1)).toEqual(['-axwwE -o pid=,command=', 'axeww -o pid=,command='])
    await platform.table()
    await marks()
    expect(asked.slice(4)).toEqual(['axeww -o pid=,command='])
    expect(await platform.notes()).toEqual([])
    old = false
    await platform.table()
    expect(await marks()).toContain('i/obs/r1')
  })

  it('what is gone between two questions is no fault, and what is not shown is said', async () => {
    const platform = createDarwinPlatform(async (_command, args) => {
      if (args.includes('args=') || args.includes('pid=,command=')) throw new Error('Command failed: /bin/ps')
      return PS.split('\n')[2] ?? ''
    })
    const row = await platform.row(501)
    if (!row) throw new Error('it is there')
    expect(await platform.command(row)).toBeUndefined()
    expect(await platform.marker(row)).toBeUndefined()
    expect(await platform.notes()).toEqual([expect.stringContaining('environments are not shown')])
  })
})
