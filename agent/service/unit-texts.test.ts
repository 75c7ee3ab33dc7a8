/** The files that services are made of: what is in them, and how they carry paths that nobody expected. */
import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { escapeXml, launchdPlist } from './launchd-plist.ts'
import { asTaskFile, logonTaskXml, quoteForWindows } from './logon-task.ts'
import { quoteForUnit, systemdUnit, UNIT_NAME } from './systemd-unit.ts'

const ANALYZE = '/usr/bin/systemd-analyze'

describe('the systemd unit', () => {
  let folder: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landale-unit-'))
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('leaves the processes alone when the agent dies, and starts it again', () => {
    const lines = systemdUnit(['/usr/bin/landale-agent']).split('\n')
    expect(lines).toEqual(
      expect.arrayContaining([
        'ExecStart=/usr/bin/landale-agent',
        'KillMode=process',
        'OOMPolicy=continue',
        'Restart=on-failure',
        'NoNewPrivileges=yes',
        'Environment=LANDALE_AGENT_SERVICE=systemd',
      ]),
    )
  })

  it.each([
    ['/home/jörg müller/agent', '"/home/jörg müller/agent"'],
    ['100%', '100%%'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ["it's", '"it\'s"'],
    ['$HOME', '$$HOME'],
    ['', '""'],
    ['a;b', '"a;b"'],
  ])('carries %j as a word', (word, quoted) => {
    expect(quoteForUnit(word, 'word')).toBe(quoted)
  })

  it('keeps a dollar sign where systemd replaces none', () => {
    expect(systemdUnit(['/opt/$a/agent'], { LANDALE_AGENT_HOME: '/srv/$b c' })).toContain('ExecStart=/opt/$a/agent\n')
    expect(quoteForUnit('A=/srv/$b c', 'value')).toBe('"A=/srv/$b c"')
  })

  it('refuses a line break, which would be another setting', () => {
    expect(() => systemdUnit(['/x\nExecStartPre=/bin/evil'])).toThrow('cannot hold the line break')
    expect(() => systemdUnit(['/x'], { A: 'b\nExecStart=/y' })).toThrow('cannot hold the line break')
  })

  it('refuses a program that systemd would not start', () => {
    expect(() => systemdUnit(['/home/"x"/agent'])).toThrow('put it elsewhere')
  })

  it.skipIf(!existsSync(ANALYZE))('systemd finds nothing to say against it', () => {
    const program = join(folder, 'jörg müller 100% $x', 'agent')
    mkdirSync(join(program, '..'))
    copyFileSync('/bin/true', program)
    const unit = join(folder, UNIT_NAME)
    writeFileSync(unit, systemdUnit([program, 'a b', '$c', '%d'], { LANDALE_AGENT_HOME: '/srv/ü %h $x' }))
    const { stdout, stderr } = spawnSync(ANALYZE, ['--user', '--no-pager', '--man=no', 'verify', unit], {
      encoding: 'utf8',
      env: { ...process.env, XDG_RUNTIME_DIR: folder },
    })
    expect(stdout + stderr).not.toContain(UNIT_NAME)
  })
})

describe('the launchd plist', () => {
  it('keeps the processes apart from the agent, and carries any path', () => {
    const plist = launchdPlist({
      command: ['/Users/Jörg & Söhne/agent <1>'],
      environment: { LANDALE_AGENT_HOME: '/Volumes/"A"' },
      log: '/Users/j/l.log',
    })
    expect(plist).toContain('<string>/Users/Jörg &amp; Söhne/agent &lt;1&gt;</string>')
    expect(plist).toContain('<key>LANDALE_AGENT_HOME</key><string>/Volumes/&quot;A&quot;</string>')
    expect(plist).toContain('<key>AbandonProcessGroup</key><true/>')
    expect(plist).toContain('<key>SuccessfulExit</key><false/>')
  })

  it('refuses what XML cannot hold', () => {
    expect(() => escapeXml('a\0b')).toThrow('XML cannot hold')
    expect(escapeXml('a\nb')).toBe('a&#10;b')
  })
})

describe('the logon task', () => {
  const task = {
    user: 'DEMI\\Jörg & Co',
    program: 'C:\\Users\\Jörg Müller\\AppData\\Local\\Programs\\Landale Agent\\landale-agentw.exe',
    args: ['run', '--log-file'],
    folder: 'C:\\Users\\Jörg Müller',
  }

  it('runs for one user at the desk, without more rights, for ever, and again when it dies', () => {
    const xml = logonTaskXml(task)
    expect(xml.match(/<UserId>DEMI\\Jörg &amp; Co<\/UserId>/g)).toHaveLength(2)
    for (const part of [
      '<LogonType>InteractiveToken</LogonType>',
      '<RunLevel>LeastPrivilege</RunLevel>',
      '<ExecutionTimeLimit>PT0S</ExecutionTimeLimit>',
      '<StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>',
      '<RestartOnFailure>',
      `<Command>${task.program}</Command>`,
      '<Arguments>run --log-file</Arguments>',
    ]) {
      expect(xml).toContain(part)
    }
  })

  it('that looks after the agent comes back every few minutes', () => {
    expect(logonTaskXml(task)).not.toContain('<Repetition>')
    expect(logonTaskXml({ ...task, everyMinutes: 2 })).toContain('<Interval>PT2M</Interval>')
  })

  it('is stored as Windows reads it', () => {
    const file = asTaskFile(logonTaskXml(task))
    expect([...file.subarray(0, 4)]).toEqual([0xff, 0xfe, 0x3c, 0])
    expect(file.toString('utf16le').slice(1)).toBe(logonTaskXml(task))
  })

  it.each([
    ['plain', 'plain'],
    ['', '""'],
    ['a b', '"a b"'],
    ['C:\\a b\\', '"C:\\a b\\\\"'],
    ['say "hi"', '"say \\"hi\\""'],
    ['a\\"b', '"a\\\\\\"b"'],
    ['C:\\ends\\', 'C:\\ends\\'],
  ])('quotes %j for a command line', (word, quoted) => {
    expect(quoteForWindows(word)).toBe(quoted)
  })
})
