/**
 * The fleet as it is used: a hub, and two agents as programs of their own, one of them behind a network of its own where
 * this machine allows that, and OBS Studio as a process of one of them. One story, told in order.
 */

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { createHubClient, type HubClient } from '../../contracts/client/hub-client.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { FleetMachine, FleetState } from '../../contracts/state/fleet.ts'
import type { ObsState } from '../../contracts/state/obs.ts'
import { createDataDir, type RunningHub, startHub } from '../e2e/hub.ts'
import { missingForObs, RealObs } from '../obs/real-obs.ts'
import { AgentProcess } from './agent-process.ts'
import { NetworkNamespace } from './network-namespace.ts'

const missing = process.platform === 'linux' ? missingForObs() : 'Linux only'
const inCi = Boolean(process.env.CI) && process.env.CI !== 'false'
if (missing !== null && inCi) throw new Error(`${missing}: CI must have it; see .ci/run`)

/** OBS takes seconds to come, and a machine that is busy with other tests takes its time. */
const PATIENCE = { timeout: 90_000, interval: 50 }
const STEP_MS = 150_000
/** So long the hub stays away after something happened: told late, it must not be shown as late. */
const AWAY_MS = 4_000

const noNetwork = missing === null ? NetworkNamespace.trouble() : 'not tried'

describe.skipIf(missing !== null)(`two machines and OBS${missing === null ? '' : ` (skipped: ${missing})`}`, () => {
  let data: ReturnType<typeof createDataDir>
  let namespace: NetworkNamespace | null = null
  let obs: RealObs
  let hub: RunningHub
  let port: number
  let demi: AgentProcess
  let zelan: AgentProcess
  let page: HubClient
  let fleet: FleetState | undefined
  let obsState: ObsState | undefined

  const machine = (name: string): FleetMachine | undefined => fleet?.machines.find((one) => one.name === name)
  const processOf = (name: string, id: string) => machine(name)?.processes.find((one) => one.id === id)
  const obsProcess = () => processOf('Demi', 'obs')
  const isAlive = (pid: number) => {
    try {
      process.kill(pid, 0)
      return true
    } catch {
      return false
    }
  }

  async function startTheHub(on = 0): Promise<void> {
    const { hostAddress } = namespace ?? {}
    hub = await startHub({
      data: data.path,
      port: on,
      config: {
        obs: { url: obs.url, password: obs.password },
        ...(hostAddress === undefined ? {} : { bind: hostAddress, allowedHosts: [hostAddress] }),
      },
    })
    port = Number(new URL(hub.http).port)
  }

  /** What the log has of these types, oldest first. */
  async function logged(...types: string[]): Promise<StoredEnvelope[]> {
    const headers = { authorization: `Bearer ${hub.controlToken}` }
    const response = await fetch(`${hub.http}/api/events?type=${types.join(',')}&limit=1000`, { headers })
    const { events } = (await response.json()) as { events: StoredEnvelope[] }
    return events.reverse()
  }

  async function pair(agent: AgentProcess): Promise<void> {
    const { code } = (await hub.command('agent.pairing.open')) as { code: string }
    await agent.run('pair', hub.http, code)
  }

  beforeAll(async () => {
    data = createDataDir()
    namespace = noNetwork === null ? NetworkNamespace.create() : null
    obs = await RealObs.prepare()
    await obs.renew()
    const patient = { intervalMs: 1_000, startDelayMs: 0, startIntervalMs: 200, startRetries: 1_000, failures: 100 }
    demi = new AgentProcess('Demi', [
      {
        id: 'obs',
        name: 'OBS Studio',
        ...obs.program,
        health: { type: 'tcp', port: obs.port, ...patient },
        stop: { signals: ['SIGKILL'], graceMs: 1_000 },
      },
    ])
    const music = { id: 'music', name: 'Music', command: 'sleep', args: ['100000'], autostart: true }
    zelan = new AgentProcess('Zelan', [{ ...music, restart: 'on-failure' }], namespace)
    await startTheHub()
    page = createHubClient({ url: hub.http, token: hub.controlToken, WebSocket: WebSocket as never })
    page.state('state:fleet', (state) => {
      fleet = state
    })
    page.state('state:obs', (state) => {
      obsState = state
    })
  }, STEP_MS)

  afterAll(async () => {
    page?.dispose()
    await demi?.end()
    await zelan?.end()
    await hub?.stop()
    await obs?.dispose()
    namespace?.dispose()
    data?.remove()
  }, STEP_MS)

  it(
    'both are paired by code, by their own command line, and are there as soon as they run',
    async () => {
      await pair(demi)
      await pair(zelan)
      await expect
        .poll(() => fleet?.machines.map(({ name, link }) => `${name} ${link}`))
        .toEqual(['Demi away', 'Zelan away'])
      demi.start()
      zelan.start()
      await expect.poll(() => machine('Demi')?.link, PATIENCE).toBe('connected')
      await expect.poll(() => processOf('Zelan', 'music')?.state, PATIENCE).toBe('running')
      expect(obsProcess()).toMatchObject({ name: 'OBS Studio', state: 'stopped', pid: null })
      expect(await logged('agent.paired')).toHaveLength(2)
    },
    STEP_MS,
  )

  it(
    'a code that was used is worth nothing',
    async () => {
      const { code } = (await hub.command('agent.pairing.open')) as { code: string }
      const other = new AgentProcess('Other', [])
      await other.run('pair', hub.http, code)
      await expect(other.run('pair', hub.http, code)).rejects.toThrow('the hub does not take this code')
      await other.end()
      await hub.command('agent.machine.revoke', { machine: 'Other' })
      await expect.poll(() => fleet?.machines.map(({ name }) => name), PATIENCE).toEqual(['Demi', 'Zelan'])
    },
    STEP_MS,
  )

  it.skipIf(noNetwork !== null)(
    `the second sits behind a network of its own${noNetwork === null ? '' : ` (skipped: ${noNetwork})`}`,
    async () => {
      const connected = await logged('agent.connected')
      expect(connected.map(({ payload }) => (payload as { address: string }).address)).toEqual(
        expect.arrayContaining([expect.stringContaining(namespace?.address ?? '')]),
      )
    },
  )

  it(
    'OBS is started on Demi, and Landale is connected to it',
    async () => {
      await hub.command('agent.process.start', { machine: 'Demi', process: 'obs' })
      await expect.poll(obsProcess, PATIENCE).toMatchObject({ state: 'running', health: 'healthy', restarts: 0 })
      await expect.poll(() => obsState?.connection.status, PATIENCE).toBe('connected')
    },
    STEP_MS,
  )

  it(
    'OBS is killed: it is seen, told, and back by the button’s command',
    async () => {
      const { pid, reason } = obsProcess() ?? {}
      if (!pid) throw new Error(`OBS does not run: ${reason}`)
      process.kill(pid, 'SIGKILL')
      await expect.poll(obsProcess, PATIENCE).toMatchObject({
        state: 'failed',
        reason: 'it was ended by SIGKILL',
        pid: null,
        exit: { code: null, signal: 'SIGKILL' },
      })
      const isOurs = ({ payload }: StoredEnvelope) => (payload as { process: string }).process === 'obs'
      await expect
        .poll(async () => (await logged('agent.process.exited')).filter(isOurs), PATIENCE)
        .toMatchObject([{ payload: { machine: 'Demi', name: 'OBS Studio', signal: 'SIGKILL', expected: false } }])
      await expect.poll(() => obsState?.connection.status, PATIENCE).not.toBe('connected')

      await obs.renew()
      await hub.command('agent.process.restart', { machine: 'Demi', process: 'obs' })
      await expect.poll(obsProcess, PATIENCE).toMatchObject({ state: 'running', health: 'healthy' })
      expect(obsProcess()?.pid).not.toBe(pid)
      await expect.poll(() => obsState?.connection.status, PATIENCE).toBe('connected')
    },
    STEP_MS,
  )

  it(
    'what happens while the hub is away is told when it is back, with its own time',
    async () => {
      const obsPid = obsProcess()?.pid
      const before = processOf('Zelan', 'music')?.pid
      if (!before) throw new Error('there is no music')
      await hub.kill()
      const killedAt = Date.now()
      process.kill(before, 'SIGKILL')
      await expect.poll(() => zelan.unsent, PATIENCE).toContain('"kind":"process.exited"')
      await new Promise((resolve) => setTimeout(resolve, AWAY_MS))
      const backAt = Date.now()
      await startTheHub(port)

      await expect.poll(() => processOf('Zelan', 'music'), PATIENCE).toMatchObject({ state: 'running', restarts: 1 })
      expect(processOf('Zelan', 'music')?.pid).not.toBe(before)
      const exits = async () =>
        (await logged('agent.process.exited')).filter(
          ({ payload }) => (payload as { machine: string }).machine === 'Zelan',
        )
      await expect.poll(exits, PATIENCE).toHaveLength(1)
      const [exit] = await exits()
      expect(exit?.at).toBeGreaterThanOrEqual(killedAt - 1_000)
      expect(exit?.at).toBeLessThan(backAt)
      // The other machine noticed nothing of it but the line.
      await expect.poll(() => machine('Demi')?.link, PATIENCE).toBe('connected')
      expect(obsProcess()).toMatchObject({ state: 'running', pid: obsPid })
    },
    STEP_MS,
  )

  it(
    'a machine that is unpaired is gone, its key is worth nothing, and its processes run on',
    async () => {
      const music = processOf('Zelan', 'music')?.pid ?? 0
      await hub.command('agent.machine.revoke', { machine: 'Zelan' })
      await expect.poll(() => fleet?.machines.map(({ name }) => name), PATIENCE).toEqual(['Demi'])
      await expect.poll(() => zelan.said, PATIENCE).toContain("the hub revoked this machine's key")
      expect(isAlive(music)).toBe(true)
      await expect(hub.command('agent.process.stop', { machine: 'Zelan', process: 'music' })).rejects.toThrow('Zelan')
    },
    STEP_MS,
  )

  it(
    'an agent that ends, ends what it started',
    async () => {
      const pids = [obsProcess()?.pid ?? 0]
      await demi.end()
      expect(pids.filter(isAlive)).toEqual([])
      await expect.poll(() => machine('Demi')?.link, PATIENCE).toBe('away')
      expect(machine('Demi')?.reason).not.toBe('')
    },
    STEP_MS,
  )
})
