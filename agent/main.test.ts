/** The program as its own OS process: killed, signalled, started twice; and the processes it left behind. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeHub } from './link/testing/fake-hub.ts'
import { AgentRig } from './testing/agent-rig.ts'

const MAIN = fileURLToPath(new URL('main.ts', import.meta.url))

describe.runIf(process.platform === 'linux')('landale-agent', () => {
  let hub: FakeHub
  let rig: AgentRig
  const programs: ChildProcess[] = []
  beforeEach(async () => {
    hub = new FakeHub()
    await hub.listen()
    rig = new AgentRig()
    rig.define(
      {
        id: 'a',
        command: 'sh',
        args: ['-c', 'echo up; sleep 1000 & wait'],
        autostart: true,
        restart: 'on-failure',
        stop: { graceMs: 500 },
      },
      { id: 'b', command: 'sleep', args: ['1000'] },
    )
    writeFileSync(rig.places.settings, JSON.stringify({ name: 'testbed', port: 0 }))
    rig.pairWith(hub)
  })
  afterEach(async () => {
    for (const program of programs.splice(0)) if (program.kill('SIGKILL')) await once(program, 'exit')
    await rig.end()
    await hub.close()
    expect(hub.faults).toEqual([])
  })

  async function start(): Promise<ChildProcess> {
    const reports = hub.of('report').length
    const env = { ...process.env, LANDALE_AGENT_HOME: rig.home }
    const program = spawn(process.execPath, [MAIN], { env, stdio: 'ignore' })
    programs.push(program)
    await hub.until(() => hub.of('report').length > reports)
    await hub.until(() => views()?.some(({ id, state }) => id === 'a' && state === 'running'))
    return program
  }

  /** Of the last link, as a hub would hold them. */
  function views() {
    const from = hub.frames.findLastIndex(({ t }) => t === 'report')
    const known = new Map<string, { id: string; state: string; pid: number | null; adopted: boolean }>()
    for (const frame of hub.frames.slice(Math.max(0, from))) {
      if (frame.t === 'report' || frame.t === 'delta')
        for (const view of frame.processes ?? []) known.set(view.id, view)
    }
    return [...known.values()]
  }
  const view = (id: string) => views().find((one) => one.id === id)
  const pids = async () => (await rig.alive()).map(({ pid }) => pid).sort()

  it('killed -9, its processes run on, and the next one takes them over: no orphan, no second instance', async () => {
    const first = await start()
    await hub.order('process.start', { process: 'b' })
    await expect.poll(async () => (await pids()).length).toBe(3)
    const before = await pids()
    first.kill('SIGKILL')
    await once(first, 'exit')
    expect(await pids()).toEqual(before)
    await start()
    await hub.until(() => view('b')?.adopted && view('a')?.adopted)
    expect(await pids()).toEqual(before)
    const started = await hub.until(() => [...hub.stored.values()].filter(({ kind }) => kind === 'agent.started')[1])
    expect(started.data).toMatchObject({ crashed: true, adopted: ['a', 'b'] })
    // One of them is killed now: the new agent is not its parent, and sees it all the same.
    process.kill(view('a')?.pid ?? 0, 'SIGKILL')
    await hub.until(() => view('a')?.adopted === false && view('a')?.state === 'running')
    await expect.poll(async () => (await pids()).length).toBe(3)
  })

  it('asked to end, it ends what it started first', async () => {
    const program = await start()
    await expect.poll(async () => (await pids()).length).toBe(2)
    program.kill('SIGTERM')
    expect(await once(program, 'exit')).toEqual([0, null])
    expect(await pids()).toEqual([])
  })

  it('a second one for the same home ends with a reason, and touches nothing', async () => {
    rig.settings = { ...rig.settings, port: 0 }
    const agent = await rig.start()
    await hub.until(() => view('a')?.state === 'running')
    const before = await pids()
    const env = { ...process.env, LANDALE_AGENT_HOME: rig.home, NURVUS_PORT: String(agent.port) }
    const second = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    let said = ''
    second.stderr?.on('data', (chunk) => {
      said += chunk
    })
    expect(await once(second, 'close')).toEqual([1, null])
    expect(said).toContain('is an agent running already?')
    expect(await pids()).toEqual(before)
  })
})
