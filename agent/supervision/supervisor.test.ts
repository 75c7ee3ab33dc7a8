/** Real processes: obedient, deaf, crashing, daemonising ones. Linux only; the other platforms' parsers are tested beside them. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { define, FOREVER, Rig } from '../testing/rig.ts'

let rig: Rig
beforeEach(() => {
  rig = new Rig()
})
afterEach(() => rig.end())

const begin = (...entries: object[]) => rig.supervisor.begin(entries.map(define))
const sleeper = { command: 'sleep', args: ['1000'] }
const shell = (source: string) => ({ command: 'sh', args: ['-c', source] })

describe.runIf(process.platform === 'linux')('supervisor', () => {
  it('starts what is to run, and stops it', async () => {
    await begin({ id: 'a', ...sleeper, autostart: true }, { id: 'b', ...sleeper })
    await expect.poll(() => rig.state('a').state).toBe('running')
    expect(rig.state('b').state).toBe('stopped')
    expect(await rig.supervisor.stop('a', FOREVER)).toMatchObject({ ok: true, view: { state: 'stopped', pid: null } })
    expect(await rig.alive()).toEqual([])
    expect(rig.events).toContainEqual({
      kind: 'process.exited',
      process: 'a',
      data: expect.objectContaining({ signal: 'SIGTERM', expected: true }),
    })
  })

  it('start is idempotent, restart makes a new one', async () => {
    await begin({ id: 'a', ...sleeper })
    const [first, second] = await Promise.all([rig.supervisor.start('a', FOREVER), rig.supervisor.start('a', FOREVER)])
    expect(first).toEqual(second)
    const { pid } = rig.state('a')
    const again = await rig.supervisor.restart('a', FOREVER)
    expect(again).toMatchObject({ ok: true, view: { state: 'running' } })
    expect(rig.state('a').pid).not.toBe(pid)
    expect(await rig.alive()).toHaveLength(1)
  })

  it('kills the whole tree of what ignores TERM', async () => {
    const deaf =
      'trap "" TERM; sh -c \'trap "" TERM; echo child; while :; do sleep 1; done\' & while :; do sleep 1; done'
    await begin({ id: 'a', ...shell(deaf), stop: { graceMs: 100 } })
    await rig.supervisor.start('a', FOREVER)
    await rig.says('a', 'child')
    expect((await rig.alive()).length).toBeGreaterThan(1)
    expect(await rig.supervisor.stop('a', FOREVER)).toMatchObject({ ok: true })
    expect(await rig.alive()).toEqual([])
    expect(rig.state('a').exit).toMatchObject({ signal: 'SIGKILL' })
  })

  it('restarts what is killed, and what was below it is gone first', async () => {
    const source = 'sleep 1001 & echo up; wait'
    await begin({ id: 'a', ...shell(source), restart: 'on-failure', stop: { graceMs: 500 } })
    await rig.supervisor.start('a', FOREVER)
    await rig.says('a', 'up')
    const before = (await rig.alive()).map(({ pid }) => pid)
    process.kill(rig.state('a').pid ?? 0, 'SIGKILL')
    await expect.poll(() => rig.state('a').restarts).toBe(1)
    await expect.poll(() => rig.state('a').state).toBe('running')
    const after = (await rig.alive()).map(({ pid }) => pid)
    expect(after.filter((pid) => before.includes(pid))).toEqual([])
  })

  it('a crash loop ends as failed, with the reason, and starts again when asked', async () => {
    await begin({ id: 'a', ...shell('exit 7'), restart: { policy: 'always', maxRestarts: 2, initialDelayMs: 10 } })
    await rig.supervisor.start('a', FOREVER)
    await expect.poll(() => rig.state('a').state).toBe('failed')
    expect(rig.state('a').reason).toBe('it ended with exit code 7; restarted 2 times within 60 s, given up')
    expect(rig.state('a')).toMatchObject({ state: 'failed', restarts: 2, exit: { code: 7 } })
    expect(rig.events.filter(({ kind }) => kind === 'process.exited')).toHaveLength(3)
  })

  it.each([
    [{ command: 'no-such-command-here' }, 'there is no command "no-such-command-here"'],
    [{ ...sleeper, cwd: '/no/such/folder' }, 'the folder "/no/such/folder" does not exist'],
    [{ command: '/etc/passwd' }, '"/etc/passwd" may not be executed'],
  ])('%o fails with a reason', async (entry, reason) => {
    await begin({ id: 'a', ...entry, restart: 'always' })
    const asked = await rig.supervisor.start('a', FOREVER)
    expect(asked).toMatchObject({ ok: false, code: 'failed', reason: expect.stringContaining(reason) })
  })

  it('does not start what finds its port taken', async () => {
    const server = createServer().listen(0)
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await begin({ id: 'a', ...sleeper, env: { PORT: String(port) } })
    expect(await rig.supervisor.start('a', FOREVER)).toMatchObject({
      ok: false,
      reason: `port ${port} is not free: another program listens there`,
    })
    server.close()
    await once(server, 'close')
    expect(await rig.supervisor.start('a', FOREVER)).toMatchObject({ ok: true })
  })

  it('what forks away is the process itself from then on', async () => {
    const daemon = 'setsid sh -c "echo away; exec sleep 1002" & exit 0'
    await begin({ id: 'a', ...shell(daemon) })
    await rig.supervisor.start('a', FOREVER)
    await expect.poll(() => rig.state('a').adopted).toBe(true)
    await rig.says('a', 'away')
    expect(rig.state('a').state).toBe('running')
    expect(await rig.supervisor.stop('a', FOREVER)).toMatchObject({ ok: true })
    expect(await rig.alive()).toEqual([])
  })

  it('takes over what runs already, sees it end, and never starts a second', async () => {
    const path = rig.script('lone-program', '#!/bin/sh\nsleep 1003\n')
    const other = spawn('sh', [path, '--mode', 'live'], { stdio: 'ignore' })
    await begin({ id: 'a', command: path, detect: { by: 'executable', name: 'no-such', args: [] } })
    expect(rig.state('a').state).toBe('stopped')
    rig.supervisor.apply([define({ id: 'b', command: path, detect: detectShell(path) })])
    expect(await rig.supervisor.start('b', FOREVER)).toMatchObject({
      ok: true,
      view: { pid: other.pid, adopted: true },
    })
    expect(await rig.alive()).toEqual([])
    const tree = () => rig.supervisor.process('b')?.tree ?? []
    await expect.poll(() => tree().length).toBe(2)
    const [, child] = tree()
    other.kill('SIGKILL')
    await expect.poll(() => rig.state('b').state).toBe('stopped')
    expect(child).toBeDefined()
    expect((await rig.platform.row(child?.pid ?? 0))?.token).not.toBe(child?.token)
  })

  it('stops what it took over, with all below it', async () => {
    const path = rig.script('lone-program', '#!/bin/sh\nsleep 1003 &\nwait\n')
    const other = spawn('sh', [path], { stdio: 'ignore' })
    const ended = once(other, 'exit')
    await begin({ id: 'b', command: path, detect: detectShell(path) })
    await expect.poll(() => rig.state('b').state).toBe('running')
    expect(await rig.supervisor.stop('b', FOREVER)).toMatchObject({ ok: true })
    await ended
  })

  it('dependencies first, dependents wait and say for what, all stopped in reverse', async () => {
    const flag = `${rig.folder}/ready`
    await begin(
      { id: 'web', ...sleeper, dependsOn: ['setup', 'db'], stop: { graceMs: 1_000 } },
      {
        id: 'db',
        ...sleeper,
        health: {
          type: 'command',
          command: 'test',
          args: ['-e', flag],
          startDelayMs: 0,
          startIntervalMs: 100,
          startRetries: 1_000,
        },
      },
      { id: 'setup', command: 'true', oneShot: true },
    )
    const started = rig.supervisor.start('web', FOREVER)
    await expect.poll(() => rig.state('web').reason).toBe('waits for "db", which is starting')
    await expect.poll(() => rig.state('setup').state).toBe('done')
    rig.script('ready', '')
    expect(await started).toMatchObject({ ok: true })
    await rig.supervisor.stopAll(FOREVER)
    const ends = rig.events.filter(({ kind }) => kind === 'process.exited').map((event) => event.process)
    expect(ends).toEqual(['setup', 'web', 'db'])
  })

  it('an agent that comes back after a kill takes its processes over, by pid and start', async () => {
    await begin({ id: 'a', ...shell('echo first; while :; do sleep 0.1; echo more; done') })
    await rig.supervisor.start('a', FOREVER)
    await rig.says('a', 'first')
    const { pid } = rig.state('a')
    expect(await rig.again().begin([define({ id: 'a', ...sleeper })])).toEqual(['a'])
    expect(rig.state('a')).toMatchObject({ state: 'running', wanted: 'up', pid, adopted: true })
    expect((await rig.lines('a')).filter((line) => line === 'first')).toHaveLength(1)
    await rig.says('a', 'more')
    expect(await rig.supervisor.stop('a', FOREVER)).toMatchObject({ ok: true })
    expect(await rig.alive()).toEqual([])
  })

  it('killed in the middle of a start: nothing noted down, still found by its marker', async () => {
    await begin({ id: 'a', ...sleeper })
    await rig.supervisor.start('a', FOREVER)
    const { pid } = rig.state('a')
    rig.store.setRun('a', undefined)
    expect(await rig.again().begin([define({ id: 'a', ...sleeper })])).toEqual(['a'])
    expect(rig.state('a')).toMatchObject({ pid, wanted: 'up' })
    expect(await rig.alive()).toHaveLength(1)
  })

  it('died while the agent was away: told, and started again by its policy', async () => {
    const entry = define({ id: 'a', ...sleeper, restart: 'on-failure' })
    await rig.supervisor.begin([entry])
    await rig.supervisor.start('a', FOREVER)
    const pid = rig.state('a').pid ?? 0
    const next = rig.again()
    process.kill(pid, 'SIGKILL')
    await expect.poll(async () => (await rig.alive()).length).toBe(0)
    await next.begin([entry])
    await expect.poll(() => rig.state('a').state).toBe('running')
    expect(rig.state('a').pid).not.toBe(pid)
    expect(rig.events.filter(({ kind }) => kind === 'process.exited')).toHaveLength(1)
  })

  it('what was defined no longer while the agent was away is ended, not orphaned', async () => {
    await begin({ id: 'a', ...sleeper })
    await rig.supervisor.start('a', FOREVER)
    await rig.again().begin([])
    await expect.poll(async () => (await rig.alive()).length).toBe(0)
  })

  it('a definition removed or changed while it runs', async () => {
    await begin({ id: 'a', ...sleeper }, { id: 'b', ...sleeper })
    await rig.supervisor.start('a', FOREVER)
    await rig.supervisor.start('b', FOREVER)
    const changes = rig.supervisor.apply([define({ id: 'b', command: 'sleep', args: ['2000'] })])
    expect(changes).toEqual({ added: [], changed: ['b'], removed: ['a'] })
    await expect.poll(async () => (await rig.alive()).length).toBe(1)
    expect(rig.supervisor.ids).toEqual(['b'])
    await rig.supervisor.restart('b', FOREVER)
    const [row] = await rig.alive()
    expect(row && (await rig.platform.command(row))?.args).toEqual(['2000'])
  })

  it('a system that answers nothing for a while costs no process its life, and no order is lost', async () => {
    await begin({ id: 'a', ...sleeper, stop: { graceMs: 200 } })
    const { row, table } = rig.platform
    const fail = async () => {
      throw new Error('blocked')
    }
    rig.platform.row = fail
    expect(await rig.supervisor.start('a', FOREVER)).toMatchObject({ ok: true, view: { state: 'running' } })
    rig.platform.table = fail
    const stopped = rig.supervisor.stop('a', FOREVER)
    await rig.says('a', 'the agent failed here: blocked')
    expect(rig.state('a').state).toBe('stopping')
    Object.assign(rig.platform, { row, table })
    expect(await stopped).toMatchObject({ ok: true })
    expect(await rig.alive()).toEqual([])
  })

  it('waiting has an end, and the agent goes on', async () => {
    const stop = new AbortController()
    await begin({ id: 'a', ...shell('trap "" TERM; echo up; while :; do sleep 0.2; done'), stop: { graceMs: 1_000 } })
    await rig.supervisor.start('a', FOREVER)
    await rig.says('a', 'up')
    const asked = rig.supervisor.stop('a', stop.signal)
    stop.abort()
    expect(await asked).toMatchObject({ ok: false, code: 'timeout', reason: expect.stringContaining('still stopping') })
    await expect.poll(() => rig.state('a').state).toBe('stopped')
  })

  it('an unknown process is named with those there are', async () => {
    await begin({ id: 'a', ...sleeper })
    expect(await rig.supervisor.start('b', FOREVER)).toEqual({
      ok: false,
      code: 'not-found',
      reason: 'there is no process "b" here; there are: a',
    })
  })

  it('measures what a process and its children really use', async () => {
    await begin({ id: 'busy', ...shell('while :; do :; done') }, { id: 'idle', ...sleeper })
    await rig.supervisor.start('busy', FOREVER)
    await rig.supervisor.start('idle', FOREVER)
    await rig.supervisor.sample()
    await expect.poll(async () => (await rig.supervisor.sample()).busy?.[0] ?? 0, { interval: 300 }).toBeGreaterThan(5)
    const { idle } = await rig.supervisor.sample()
    expect(idle?.[0]).toBeLessThan(5)
    expect(idle?.[1]).toBeGreaterThan(100_000)
  })

  it('a line of 10 MB neither stops the agent nor fills its memory', async () => {
    const big = "head -c 10000000 /dev/zero | tr '\\0' x; echo; echo after"
    await begin({ id: 'a', ...shell(big), oneShot: true })
    await rig.supervisor.start('a', FOREVER)
    await rig.says('a', 'after')
    const lines = rig.supervisor.process('a')?.log.lines(1_000) ?? []
    expect(Math.max(...lines.map(([, , , text]) => text.length))).toBe(8_192)
    expect(lines.reduce((sum, [, , , text]) => sum + text.length, 0)).toBeLessThan(200_000)
    expect(lines.at(-2)?.[4]).toBe(false)
    expect(lines.at(-3)?.[4]).toBe(true)
  })
})

/** The scripts are run by a shell: its executable is `sh` or what that is a link to. */
function detectShell(path: string) {
  return { by: 'executable', name: shellName, args: [path] }
}
const shellName = basename(realpathSync('/bin/sh'))
