/** A whole agent in this process, with a home of its own and real processes; nothing is left behind. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Agent, startAgent } from '../agent.ts'
import { type Clock, systemClock } from '../base/clock.ts'
import { generateKeys } from '../link/proof.ts'
import type { FakeHub } from '../link/testing/fake-hub.ts'
import { createLinuxPlatform } from '../platform/linux.ts'
import { MARKER, type ProcessRow } from '../platform/platform.ts'
import { instanceOf, placesFrom, type Settings, savePairing } from '../settings.ts'

export class AgentRig {
  readonly home = mkdtempSync(join(tmpdir(), 'landale-agent-'))
  readonly places = placesFrom({ LANDALE_AGENT_HOME: this.home }, process.platform)
  readonly platform = createLinuxPlatform()
  readonly lines: string[] = []
  settings: Settings = { name: 'testbed', port: 0, edits: 'safe', onExit: 'stop' }
  environment: NodeJS.ProcessEnv = process.env
  clock: Clock = systemClock
  #agent: Agent | undefined

  define(...processes: object[]): void {
    mkdirSync(this.home, { recursive: true })
    const named = processes.map((entry) => ({ name: 'a process', ...entry }))
    writeFileSync(this.places.definitions, JSON.stringify({ processes: named }))
  }

  /** As after `landale-agent pair`. */
  pairWith(hub: FakeHub, more: { pin?: string; url?: string } = {}): void {
    const { privateKey, publicKey } = generateKeys()
    const agent = hub.adopt(publicKey)
    savePairing(this.places, { url: hub.url, agent, hub: hub.id, hubKey: hub.keys.publicKey, privateKey, ...more })
  }

  async start(): Promise<Agent> {
    const { places, settings, platform } = this
    const { [MARKER]: _, ...environment } = this.environment
    this.#agent = await startAgent({
      places,
      settings,
      platform,
      clock: this.clock,
      random: Math.random,
      environment,
      log: (line) => this.lines.push(line),
    })
    return this.#agent
  }

  async alive(): Promise<ProcessRow[]> {
    const instance = instanceOf(this.places)
    const rows: ProcessRow[] = []
    for (const row of await this.platform.table()) {
      if ((await this.platform.marker(row))?.startsWith(`${instance}/`)) rows.push(row)
    }
    return rows
  }

  async end(): Promise<void> {
    await this.#agent?.end('the test is over', 'leave')
    await this.platform.kill(await this.alive())
    await expect.poll(async () => (await this.alive()).length).toBe(0)
    rmSync(this.home, { recursive: true, force: true })
  }
}
