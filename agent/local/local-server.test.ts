/** The routes of a whole agent with real processes, the command line over them, and what a web page gets. */
import { request } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Agent } from '../agent.ts'
import { systemClock } from '../base/clock.ts'
import { runCommand } from '../cli/cli.ts'
import { AgentRig } from '../testing/agent-rig.ts'
import { refusal } from './local-server.ts'

describe('refusal', () => {
  it.each([
    [{ host: '127.0.0.1:4001' }, true],
    [{ host: 'localhost:4001' }, true],
    [{ host: '[::1]:4001' }, true],
    [{ host: 'localhost', site: 'none' }, true],
    [{}, false],
    [{ host: 'evil.example' }, false],
    [{ host: '127.0.0.1.evil.example' }, false],
    [{ host: 'localhost:4001@evil.example' }, false],
    [{ host: '127.0.0.1:4001', origin: 'http://127.0.0.1:4001' }, false],
    [{ host: '127.0.0.1:4001', origin: 'null' }, false],
    [{ host: '127.0.0.1:4001', site: 'cross-site' }, false],
    [{ host: '127.0.0.1:4001', site: 'same-origin' }, false],
  ])('%o: answered %s', (headers, answered) => {
    expect(refusal(headers) === undefined).toBe(answered)
  })
})

describe.runIf(process.platform === 'linux')('local surface', () => {
  let rig: AgentRig
  let agent: Agent
  beforeEach(async () => {
    rig = new AgentRig()
    rig.define(
      { id: 'a', name: 'Sleeper', command: 'sh', args: ['-c', 'echo hello; exec sleep 1000'] },
      { id: 'broken', command: 'no-such-command' },
    )
    agent = await rig.start()
  })
  afterEach(() => rig.end())

  function call(method: string, path: string, headers: Record<string, string> = {}, body = '') {
    return new Promise<{ status: number; body: Record<string, unknown> }>((resolve, reject) => {
      const outgoing = request(
        { host: '127.0.0.1', port: agent.port, method, path, headers, agent: false },
        (response) => {
          let text = ''
          response.on('data', (chunk) => {
            text += chunk
          })
          response.on('end', () =>
            resolve({ status: response.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) }),
          )
        },
      )
      outgoing.on('error', reject)
      outgoing.end(body)
    })
  }
  const json = { 'content-type': 'application/json' }

  it('answers the original’s routes', async () => {
    expect(await call('GET', '/health')).toMatchObject({
      status: 200,
      body: { status: 'healthy', service: 'landale-agent', processes: { total: 2, running: 0, stopped: 2 }, alerts: 0 },
    })
    expect(await call('POST', '/api/processes/a/start')).toMatchObject({ status: 200, body: { success: true } })
    expect((await call('GET', '/api/processes')).body.processes).toMatchObject([
      { id: 'a', state: 'running' },
      { id: 'broken' },
    ])
    expect((await call('GET', '/api/processes/a')).body).toMatchObject({
      name: 'Sleeper',
      metrics: { restart_count: 0 },
    })
    const { pid } = (await call('GET', '/api/processes/a')).body
    await call('POST', '/api/processes/a/restart')
    expect((await call('GET', '/api/processes/a')).body.pid).not.toBe(pid)
    // One that was caught just beginning uses nothing yet, for as long as that sample counts.
    await expect.poll(async () => (await call('GET', '/api/processes/a/metrics')).body.memory).toBeGreaterThan(0)
    expect((await call('GET', '/api/metrics')).body).toMatchObject({
      system: { disks: [['/', expect.any(Number), expect.any(Number)]] },
    })
    expect((await call('GET', '/api/system/status')).body).toMatchObject({
      total_processes: 2,
      running: 1,
      failed: 0,
      platform: 'linux',
    })
    expect((await call('GET', '/api/platform')).body.hostname).toBeTruthy()
    const sleepers = async () => (await call('GET', '/api/platform/processes/sleep')).body.processes
    await expect
      .poll(sleepers)
      .toContainEqual(expect.objectContaining({ name: expect.stringMatching(/sleep|coreutils|busybox/) }))
    expect((await call('GET', '/api/platform/processes')).body.processes).not.toEqual([])
    expect((await call('GET', '/api/alerts')).body).toEqual({ alerts: [] })
    expect((await call('DELETE', '/api/alerts')).body).toEqual({ success: true })
    expect((await call('POST', '/api/config/load')).body).toMatchObject({ processes: ['a', 'broken'], faults: [] })
    expect((await call('GET', '/api/processes/a/logs?lines=1')).body.lines).toMatchObject([
      { stream: 'out', text: 'hello' },
    ])
    expect(await call('POST', '/api/processes/a/stop')).toMatchObject({
      status: 200,
      body: { process: { state: 'stopped' } },
    })
  })

  it('a failure makes the machine unhealthy, with the reason', async () => {
    expect(await call('POST', '/api/processes/broken/start')).toMatchObject({
      status: 500,
      body: { success: false, error: expect.stringContaining('no command "no-such-command"') },
    })
    expect(await call('GET', '/health')).toMatchObject({ status: 503, body: { status: 'unhealthy' } })
    expect((await call('GET', '/api/health/detailed')).body.link).toEqual({ status: 'unpaired' })
  })

  it.each([
    ['GET', '/', 404],
    ['PUT', '/health', 405],
    ['GET', '/api/processes/zzz', 404],
    ['GET', '/api/processes/%E0%A4%A', 400],
    ['POST', '/api/processes/zzz/start', 404],
    ['GET', '/api/processes/a/logs?lines=-1', 400],
    ['POST', '/api/processes', 415],
    ['DELETE', '/api/processes/a', 403],
  ])('%s %s: %i', async (method, path, status) => {
    expect((await call(method, path)).status).toBe(status)
  })

  it('takes no definition it may not, and none that is none', async () => {
    expect((await call('POST', '/api/processes', json, '{')).status).toBe(400)
    expect((await call('POST', '/api/processes', json, '{"id":"x"}')).status).toBe(400)
    const evil = JSON.stringify({ id: 'x', name: 'x', command: 'evil' })
    expect((await call('POST', '/api/processes', json, evil)).status).toBe(403)
    expect((await call('POST', '/api/processes', json, 'x'.repeat(300_000))).status).toBe(413)
  })

  it('a web page can do nothing', async () => {
    for (const headers of [
      { origin: 'http://localhost' },
      { host: 'rebound.example' },
      { 'sec-fetch-site': 'cross-site' },
    ]) {
      expect((await call('POST', '/api/processes/a/start', headers)).status).toBe(403)
      expect((await call('GET', '/api/processes', headers)).status).toBe(403)
    }
    expect(await rig.alive()).toEqual([])
  })

  it('the command line', async () => {
    const said: string[] = []
    const cli = (command: string, ...args: string[]) =>
      runCommand(command, args, {
        environment: { LANDALE_AGENT_HOME: rig.home, NURVUS_PORT: String(agent.port), PATH: process.env.PATH },
        clock: systemClock,
        print: (text) => said.push(text),
        complain: (text) => said.push(text),
      })
    expect(await cli('start', 'a')).toBe(0)
    expect(await cli('status')).toBe(0)
    expect(said.join('\n')).toMatch(/a +running +[\d.]+% +\d+ MB/)
    // It runs before it has said anything.
    const logs = async () => ((await cli('logs', 'a', '--lines', '5')) === 0 ? said.join('\n') : 'no logs')
    await expect.poll(logs).toContain('hello')
    expect(await cli('doctor')).toBe(1)
    expect(said.join('\n')).toContain('bad   broken: there is no command "no-such-command"')
    expect(await cli('start')).toBe(2)
    expect(await cli('dance')).toBe(2)
    expect(await cli('stop', 'zzz')).toBe(1)
    expect(await cli('end', '--leave')).toBe(0)
    await agent.ended
    expect(await rig.alive()).toHaveLength(1)
    expect(await cli('status')).toBe(1)
    expect(said.at(-1)).toContain('no agent runs here')
  })

  it('the file is reloaded live, and a typing error stops nothing', async () => {
    await call('POST', '/api/processes/a/start')
    rig.define({ id: 'a', comand: 'typo' }, { id: 'new', command: 'true' })
    await expect.poll(() => agent.supervisor.ids).toEqual(['new', 'a'])
    expect(agent.supervisor.process('a')?.state.state).toBe('running')
    const { faults } = (await call('GET', '/api/health/detailed')).body as { faults: { path: string }[] }
    expect(faults.map(({ path }) => path)).toContain('processes[0].comand')
    expect(faults.map(({ path }) => path)).toContain('processes(a)')
  })
})
