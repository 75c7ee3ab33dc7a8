/**
 * The rules with a real agent and a real process: what the agent says when something is killed, and in which order, is what
 * the rules were made for. On Linux and macOS, where a process can be killed without a word.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { root } from '../../build/stale.mjs'
import type { HubClient } from '../../contracts/client/hub-client.ts'
import type { StateTopics } from '../../contracts/topics.ts'
import { type RunningHub, startHub } from '../e2e/hub.ts'
import { buildOnce, connectPage, follow, readEvents, until } from './main-job-rig.ts'

const SLEEP = { command: process.execPath, args: ['-e', 'setInterval(() => {}, 1e6)'] }

describe.skipIf(process.platform === 'win32')('rules and a real agent', () => {
  const home = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  let hub: RunningHub
  let page: HubClient
  let agent: ChildProcess
  let fleet: () => StateTopics['state:fleet']
  let producer: () => StateTopics['state:producer']
  /** The message of every cover that ever stood. */
  const covers = new Set<string | null>()

  const runAgent = (...args: string[]) =>
    spawn(process.execPath, [join(root, 'agent/main.ts'), ...args], {
      env: { ...process.env, LANDALE_AGENT_HOME: home },
      stdio: 'ignore',
    })

  beforeAll(async () => {
    buildOnce()
    writeFileSync(
      join(home, 'processes.json'),
      JSON.stringify({
        processes: [
          { id: 'left', name: 'Left lying', ...SLEEP, autostart: true },
          { id: 'kept', name: 'Kept up', ...SLEEP, autostart: true, restart: { policy: 'always' } },
        ],
      }),
    )
    writeFileSync(join(home, 'agent.json'), JSON.stringify({ name: 'Demi', port: 0 }))
    hub = await startHub()
    page = connectPage(hub)
    fleet = follow(page, 'state:fleet')
    producer = follow(page, 'state:producer')
    page.state('state:producer', ({ takeover }) => takeover && covers.add(takeover.message))
    const { code } = (await hub.command('agent.pairing.open')) as { code: string }
    const pairing = runAgent('pair', hub.http, code)
    expect(await new Promise((resolve) => pairing.once('exit', resolve))).toBe(0)
    for (const process of ['left', 'kept']) {
      const cover = { message: `${process} is away`, forMs: 60_000 }
      const rule = { id: process, enabled: true, machine: 'demi', process, trigger: 'exited', onlyLive: false }
      await hub.command('agent.rule.set', { rule: { ...rule, restart: true, cover } })
    }
    agent = runAgent()
    await until('two running processes', () => ['left', 'kept'].every((id) => view(id)?.state === 'running'))
  }, 120_000)

  afterAll(async () => {
    if (agent) {
      agent.kill('SIGTERM')
      await new Promise((resolve) => agent.once('exit', resolve))
    }
    page?.dispose()
    await hub?.stop()
    rmSync(home, { recursive: true, force: true, maxRetries: 5 })
  }, 60_000)

  const view = (id: string) => fleet().machines[0]?.processes.find((each) => each.id === id)
  /** Kills it and resolves when another is there in its place. */
  async function kill(id: string): Promise<void> {
    const pid = view(id)?.pid ?? 0
    process.kill(pid, 'SIGKILL')
    await until(`another ${id}`, () => view(id)?.state === 'running' && view(id)?.pid !== pid)
  }
  const doneFor = async (id: string) => {
    const events = await readEvents(hub, 'agent.rule.applied')
    return events.flatMap(({ payload }) => (payload.rule === id ? [String(payload.reason)] : [])).reverse()
  }

  it('one that its machine leaves lying is started, and the picture covered meanwhile', async () => {
    await kill('left')
    await until('the cover', () => covers.has('left is away'))
    const what = 'Left lying on Demi has ended (SIGKILL)'
    expect(await doneFor('left')).toEqual([`${what}: the picture is covered`, `${what}: it is started again`])
    await until('no cover', () => producer().takeover === null)
  }, 60_000)

  it('one that its machine brings back is only covered for', async () => {
    await kill('kept')
    await until('the cover', () => covers.has('kept is away'))
    await until('no cover', () => producer().takeover === null)
    expect(await doneFor('kept')).toEqual(['Kept up on Demi has ended (SIGKILL): the picture is covered'])
  }, 60_000)

  it('one that is stopped stays stopped', async () => {
    await hub.command('agent.process.stop', { machine: 'Demi', process: 'left' })
    await until('it has stopped', () => view('left')?.state === 'stopped')
    await kill('kept')
    expect(view('left')?.state).toBe('stopped')
    expect(await doneFor('left')).toHaveLength(2)
  }, 60_000)
})
