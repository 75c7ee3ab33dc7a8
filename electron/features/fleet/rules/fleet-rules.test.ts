import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { DisposableStore } from '../../../../base/lifecycle.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import type { FleetRule, ProcessHealth, ProcessState } from '../../../../contracts/fleet.ts'
import { type Alarms, createAlarms } from '../../../kernel/alarms.ts'
import { type Actor, CommandError, type Commands } from '../../../kernel/commands.ts'
import { FeatureRig, rigChannel } from '../../../kernel/feature-rig.ts'
import { createFleetRules, type FleetRules } from './fleet-rules.ts'
import { ACTS_WINDOW_MS, SETTLE_MS, STALE_MS } from './incidents.ts'
import { fleetRuleMigrations } from './rule-store.ts'

ensureNoLeaks()

const GRACE_MS = 15_000
const MESSAGE = 'Back in a moment'
const DEMI = { agent: 'a1', machine: 'Demi' }
const OBS = { ...DEMI, process: 'obs', name: 'OBS Studio' }

const obsRule: FleetRule = {
  id: 'obs',
  enabled: true,
  machine: 'demi',
  process: 'obs',
  trigger: 'exited',
  onlyLive: true,
  restart: true,
  cover: { message: MESSAGE, forMs: 120_000 },
}

/** The rules in a hub whose machines, OBS, Twitch and cover are played by the test. */
class Stage {
  readonly done: string[] = []
  obs: boolean | null = true
  twitch: boolean | null = true
  /** Whether its machine is, when the hub begins. */
  isConnected = false
  /** What stands over the picture. */
  takeover: string | null = null
  refusal: CommandError | null = null
  rules: FleetRules | null = null
  readonly alarms: Alarms
  readonly #owned = new DisposableStore()
  readonly rig: FeatureRig

  constructor() {
    this.rig = new FeatureRig(fleetRuleMigrations, ({ store, bus, commands, clock }) => {
      const { handle }: Pick<Commands, 'handle'> = {
        handle: (name, handler) => this.#owned.add(commands.handle(name, handler)),
      }
      const log = { info: () => {}, warn: () => {}, error: () => {} }
      for (const order of ['start', 'restart'] as const) {
        handle(`agent.process.${order}`, ({ machine, process }, { actor }) => {
          this.done.push(`${order} ${process} on ${machine} as ${actor.name}`)
          if (this.refusal) throw this.refusal
          return {}
        })
      }
      handle('takeover.show', ({ id = '', message, ifFree }) => {
        if (this.takeover !== null && ifFree) throw new CommandError('conflict', 'another is up')
        this.takeover = id
        this.done.push(`cover: ${message}`)
        return { id }
      })
      handle('takeover.clear', ({ id }) => {
        if (this.takeover !== id) throw new CommandError('not_found', 'not there')
        this.takeover = null
        this.done.push('uncover')
        return {}
      })
      const [obs, twitch] = [() => this.obs, () => this.twitch]
      const isConnected = () => this.isConnected
      const parts = { store, bus, commands, alarms: this.alarms, clock, log, obs, twitch, isConnected }
      this.rules = createFleetRules({ ...parts, graceMs: GRACE_MS })
      return this.rules
    })
    this.alarms = createAlarms(this.rig.clock)
  }

  async start(...rules: FleetRule[]): Promise<void> {
    await this.rig.start()
    await this.rig.ask('agent.rule.remove', { id: 'obs-on-demi' })
    for (const rule of rules)
      expect(await this.rig.ask('agent.rule.set', { rule })).toMatchObject({ status: 'committed' })
  }

  /** What was done since the last look. */
  took(): string[] {
    return this.done.splice(0)
  }

  applied(): string[] {
    const applied = this.rig.store.events.filter(({ type }) => type === 'agent.rule.applied')
    return applied.map(({ payload }) => `${payload.rule}: ${payload.reason}`)
  }

  exits({ expected = false, agoMs = 0 } = {}) {
    const payload = { ...OBS, code: null, signal: 'SIGKILL', ranMs: 60_000, expected }
    return this.rig.say('agent.process.exited', payload, 'agent', this.rig.clock.now() - agoMs)
  }

  state(from: ProcessState, to: ProcessState, reason = '', agoMs = 0) {
    const payload = { ...OBS, from, to, reason, pid: null }
    return this.rig.say('agent.process.state', payload, 'agent', this.rig.clock.now() - agoMs)
  }

  health(health: ProcessHealth, reason = '') {
    return this.rig.say('agent.process.health', { ...OBS, health, reason }, 'agent')
  }

  /** As a machine tells it that leaves it lying. */
  async dies() {
    await this.exits()
    await this.state('running', 'starting', 'it was ended by SIGKILL')
    await this.state('starting', 'failed', 'it was ended by SIGKILL')
  }

  async comesBack() {
    await this.state('failed', 'starting')
    await this.state('starting', 'running')
  }

  async losesObs() {
    this.obs = null
    await this.rig.say('obs.disconnected', { reason: 'gone', code: 1006, willRetry: true }, 'obs')
  }

  async findsObs(isStreaming = false) {
    this.obs = isStreaming
    await this.rig.say('obs.connected', { obsVersion: '31', websocketVersion: '5', rpcVersion: 1 }, 'obs')
    // It is told on the way back.
    if (!isStreaming) await this.rig.say('obs.stream.stopped', {}, 'obs')
  }

  async endsOnTwitch() {
    this.twitch = false
    await this.rig.say('twitch.stream.offline', { ...rigChannel, recovered: false })
  }

  pass(ms: number) {
    return this.rig.clock.advance(ms)
  }

  async dispose() {
    await this.rig.dispose()
    this.#owned.dispose()
    this.alarms.dispose()
  }
}

const START = 'start obs on a1 as rule'
const COVER = `cover: ${MESSAGE}`

describe('the rules of the fleet', () => {
  let stage: Stage
  beforeEach(() => {
    stage = new Stage()
  })
  afterEach(() => stage.dispose())

  it('starts OBS again and covers the picture until it is there, connected, and has settled', async () => {
    await stage.start(obsRule)
    await stage.exits()
    expect(stage.took()).toEqual([COVER])
    await stage.losesObs()
    await stage.state('running', 'starting', 'it was ended by SIGKILL')
    await stage.state('starting', 'failed', 'it was ended by SIGKILL')
    expect(stage.took()).toEqual([START])
    await stage.comesBack()
    await stage.pass(SETTLE_MS * 3)
    expect(stage.took()).toEqual([])
    await stage.findsObs()
    await stage.pass(SETTLE_MS - 1)
    expect(stage.took()).toEqual([])
    await stage.pass(1)
    expect(stage.took()).toEqual(['uncover'])
    await stage.pass(3_600_000)
    expect([stage.took(), stage.takeover, stage.alarms.list]).toEqual([[], null, []])
    expect(stage.applied()).toEqual([
      'obs: OBS Studio on Demi has ended (SIGKILL): the picture is covered',
      'obs: OBS Studio on Demi has ended (SIGKILL): it is started again',
    ])
  })

  it('has a rule for the OBS of a machine called Demi from the start', async () => {
    await stage.rig.start()
    expect(stage.rules?.rules).toMatchObject([{ machine: 'demi', process: 'obs', restart: true, onlyLive: true }])
    await stage.dies()
    expect(stage.took()).toEqual(['cover: Please stand by', START])
  })

  it('leaves alone what another rule is about', async () => {
    const others: Partial<FleetRule>[] = [
      { machine: 'zelan' },
      { process: 'vtube-studio' },
      { enabled: false },
      { trigger: 'unhealthy' },
      { trigger: 'unreachable' },
    ]
    await stage.start(...others.map((other, index) => ({ ...obsRule, ...other, id: `rule-${index}` })))
    await stage.dies()
    expect(stage.took()).toEqual([])
  })

  it('knows a process by its name as well, and any of the machine', async () => {
    await stage.start({ ...obsRule, process: 'obs studio', cover: null }, { ...obsRule, id: 'any', process: null })
    await stage.dies()
    expect(stage.took()).toEqual([COVER, START])
  })

  it('does nothing about an end that was asked for', async () => {
    await stage.start(obsRule)
    await stage.exits({ expected: true })
    await stage.state('stopping', 'stopped')
    expect(stage.took()).toEqual([])
  })

  it('uncovers, and does not start, what somebody stops while it is down', async () => {
    await stage.start(obsRule)
    await stage.exits()
    await stage.state('running', 'starting', 'it was ended by SIGKILL')
    await stage.state('starting', 'stopped', '')
    expect(stage.took()).toEqual([COVER, 'uncover'])
  })

  describe('while the machine brings it back itself', () => {
    beforeEach(async () => {
      await stage.start(obsRule)
      await stage.exits()
      await stage.state('running', 'starting', 'it was ended by SIGKILL')
      expect(stage.took()).toEqual([COVER])
    })

    it('only covers', async () => {
      await stage.state('starting', 'backoff', 'it was ended by SIGKILL')
      await stage.state('backoff', 'starting')
      await stage.state('starting', 'running')
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual(['uncover'])
    })

    it('starts it when the machine gives up', async () => {
      await stage.state('starting', 'backoff', 'it was ended by SIGKILL')
      await stage.pass(90_000)
      await stage.state('backoff', 'starting')
      await stage.state('starting', 'failed', 'given up')
      expect(stage.took()).toEqual([START])
    })

    it('does not start it when the machine says too late that it gave up', async () => {
      await stage.state('starting', 'backoff', 'it was ended by SIGKILL')
      await stage.pass(STALE_MS * 2)
      await stage.state('backoff', 'failed', 'given up', STALE_MS + 1)
      expect(stage.took()).not.toContain(START)
    })

    it('does not start what somebody stops while it is looked for', async () => {
      await stage.state('starting', 'backoff', 'it was ended by SIGKILL')
      await stage.state('backoff', 'waiting')
      await stage.state('waiting', 'stopped', 'it was not running')
      expect(stage.took()).toEqual(['uncover'])
    })

    it('does not start what somebody stops while it waits', async () => {
      await stage.state('starting', 'backoff', 'it was ended by SIGKILL')
      await stage.state('backoff', 'stopped')
      expect(stage.took()).toEqual(['uncover'])
    })
  })

  it('only notes what a rule without a deed waits for', async () => {
    await stage.start({ ...obsRule, restart: false, cover: null })
    await stage.dies()
    expect(stage.took()).toEqual([])
    expect(stage.applied()).toEqual(['obs: OBS Studio on Demi has ended (SIGKILL): noted'])
  })

  it('starts it once for each death', async () => {
    await stage.start({ ...obsRule, cover: null })
    await stage.dies()
    await stage.state('failed', 'starting')
    await stage.state('starting', 'failed', 'command not found')
    expect(stage.took()).toEqual([START])
    await stage.comesBack()
    await stage.dies()
    expect(stage.took()).toEqual([START])
  })

  it('leaves it alone after three times in ten minutes, and says so until it is well', async () => {
    await stage.start({ ...obsRule, cover: null })
    for (let time = 0; time < 5; time++) {
      await stage.dies()
      await stage.comesBack()
      await stage.pass(1000)
    }
    expect(stage.took()).toEqual([START, START, START])
    expect(stage.alarms.list).toMatchObject([{ level: 'critical', message: expect.stringContaining('keeps dying') }])
    expect(stage.applied().at(-1)).toContain('not started again')
    await stage.pass(SETTLE_MS)
    expect(stage.alarms.list).toEqual([])
    await stage.dies()
    expect(stage.took()).toEqual([])
    await stage.comesBack()
    await stage.pass(ACTS_WINDOW_MS)
    await stage.dies()
    expect(stage.took()).toEqual([START])
  })

  it('raises an alarm when it cannot be started', async () => {
    await stage.start({ ...obsRule, cover: null })
    stage.refusal = new CommandError('not_found', 'no machine "Demi" is connected')
    await stage.dies()
    expect(stage.alarms.list).toMatchObject([{ message: expect.stringContaining('no machine "Demi" is connected') }])
    stage.refusal = null
    await stage.comesBack()
    await stage.pass(SETTLE_MS)
    expect([stage.took(), stage.alarms.list]).toEqual([[START], []])
  })

  it('raises none when the start takes its time', async () => {
    await stage.start(obsRule)
    stage.refusal = new CommandError('timeout', 'it has not said')
    await stage.dies()
    expect(stage.alarms.list).toEqual([])
  })

  it('does nothing about what it is told a minute late, but does about what is later still to come', async () => {
    await stage.start(obsRule)
    await stage.exits({ agoMs: STALE_MS + 1 })
    await stage.state('running', 'failed', 'it was ended by SIGKILL', STALE_MS)
    expect(stage.took()).toEqual([])
    await stage.comesBack()
    await stage.exits({ agoMs: STALE_MS })
    expect(stage.took()).toEqual([COVER])
  })

  describe('the cover', () => {
    const coverOnly = { ...obsRule, restart: false }

    it('is taken away by its own time at the latest, and is not put up again for the same incident', async () => {
      await stage.start(coverOnly)
      await stage.dies()
      await stage.pass(120_000)
      stage.takeover = 'of-somebody-else'
      await stage.comesBack()
      await stage.exits()
      await stage.comesBack()
      await stage.pass(SETTLE_MS)
      expect([stage.took(), stage.takeover]).toEqual([[COVER], 'of-somebody-else'])
    })

    it('never takes the place of another', async () => {
      await stage.start(coverOnly)
      stage.takeover = 'of-somebody-else'
      await stage.dies()
      await stage.comesBack()
      await stage.pass(SETTLE_MS)
      expect([stage.took(), stage.takeover]).toEqual([[], 'of-somebody-else'])
    })

    it('is gone for good when somebody takes it away or puts up another', async () => {
      await stage.start(coverOnly)
      await stage.exits()
      const takeoverId = stage.takeover ?? ''
      stage.takeover = 'of-somebody-else'
      await stage.rig.say('producer.takeover.cleared', { takeoverId, outcome: 'replaced' }, 'landale')
      await stage.state('running', 'starting')
      await stage.state('starting', 'running')
      await stage.pass(SETTLE_MS)
      expect([stage.took(), stage.takeover]).toEqual([[COVER], 'of-somebody-else'])
    })

    it('stays when it dies again before it has settled', async () => {
      await stage.start(coverOnly)
      await stage.dies()
      await stage.comesBack()
      await stage.pass(SETTLE_MS - 1)
      await stage.dies()
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual([COVER])
      await stage.comesBack()
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual(['uncover'])
    })

    it('stays while it runs but is not healthy', async () => {
      await stage.start(coverOnly)
      await stage.dies()
      await stage.comesBack()
      await stage.health('unhealthy', 'connection refused')
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual([COVER])
      await stage.health('healthy')
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual(['uncover'])
    })

    it('does not wait for an OBS that was away before', async () => {
      stage.obs = null
      await stage.start(coverOnly)
      await stage.dies()
      await stage.comesBack()
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual([COVER, 'uncover'])
    })

    it('does not blink: three times in ten minutes are enough', async () => {
      await stage.start({ ...coverOnly, trigger: 'unhealthy' })
      for (let time = 0; time < 6; time++) {
        await stage.health('unhealthy', 'slow')
        await stage.health('healthy')
        await stage.state('starting', 'running')
        await stage.pass(SETTLE_MS)
      }
      expect(stage.took().filter((what) => what === COVER)).toHaveLength(3)
    })

    it('goes when the process is taken off the machine, and when the machine is unpaired', async () => {
      await stage.start(coverOnly)
      await stage.dies()
      const changed = { ...DEMI, added: [], changed: [], removed: ['obs'], faults: 0 }
      await stage.rig.say('agent.definitions.changed', changed, 'agent')
      expect(stage.took()).toEqual([COVER, 'uncover'])
      await stage.dies()
      await stage.rig.say('agent.revoked', DEMI, 'landale')
      expect(stage.took()).toEqual([COVER, 'uncover'])
    })
  })

  describe('a process that hangs', () => {
    const hung = { ...obsRule, trigger: 'unhealthy', cover: null } as const

    it('is restarted', async () => {
      await stage.start(hung)
      await stage.health('unhealthy', 'connection refused')
      expect(stage.took()).toEqual([])
      await stage.pass(2000)
      expect(stage.took()).toEqual(['restart obs on a1 as rule'])
      await stage.state('running', 'stopping')
      await stage.exits({ expected: true })
      await stage.state('stopping', 'starting')
      await stage.state('starting', 'running')
      await stage.pass(60_000)
      expect(stage.took()).toEqual([])
    })

    it('is left to the machine where that restarts it, and started when that fails', async () => {
      await stage.start(hung)
      await stage.health('unhealthy', 'connection refused')
      await stage.state('running', 'stopping', 'unhealthy: connection refused')
      await stage.pass(5000)
      await stage.exits({ expected: true })
      await stage.state('stopping', 'backoff')
      expect(stage.took()).toEqual([])
      await stage.state('backoff', 'failed', 'given up')
      expect(stage.took()).toEqual([START])
    })

    it('is left alone when it recovers, or is stopped by somebody', async () => {
      await stage.start(hung)
      await stage.health('unhealthy')
      await stage.health('healthy')
      await stage.pass(60_000)
      await stage.health('unhealthy')
      await stage.state('running', 'stopping')
      await stage.state('stopping', 'stopped')
      await stage.pass(60_000)
      expect(stage.took()).toEqual([])
    })
  })

  it('starts what has failed, once', async () => {
    await stage.start({ ...obsRule, trigger: 'failed' })
    await stage.exits()
    await stage.state('running', 'starting')
    expect(stage.took()).toEqual([])
    await stage.state('starting', 'failed', 'given up')
    expect(stage.took()).toEqual([COVER, START])
    await stage.state('failed', 'starting')
    await stage.state('starting', 'failed', 'given up')
    expect(stage.took()).toEqual([])
  })

  describe('a machine out of reach', () => {
    const unreachable = { ...obsRule, process: null, trigger: 'unreachable' } as const
    const lost = { ...DEMI, reason: 'silent' }
    const found = { ...DEMI, address: '10.0.0.2', awayMs: 1 }

    it('is covered for after a grace, until it has been back for a moment; nothing is started', async () => {
      await stage.start(unreachable)
      await stage.rig.say('agent.lost', lost, 'landale')
      await stage.pass(GRACE_MS - 1)
      expect(stage.took()).toEqual([])
      await stage.pass(1)
      expect(stage.took()).toEqual([COVER])
      await stage.rig.say('agent.connected', found, 'landale')
      await stage.pass(SETTLE_MS - 1)
      await stage.rig.say('agent.lost', lost, 'landale')
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual([])
      await stage.rig.say('agent.connected', found, 'landale')
      await stage.pass(SETTLE_MS)
      expect(stage.took()).toEqual(['uncover'])
    })

    it('is no matter when it is back within the grace', async () => {
      await stage.start(unreachable)
      await stage.rig.say('agent.lost', lost, 'landale')
      await stage.pass(GRACE_MS - 1)
      await stage.rig.say('agent.connected', found, 'landale')
      await stage.pass(GRACE_MS)
      expect([stage.took(), stage.rig.clock.pendingTimers]).toEqual([[], 1])
    })
  })

  describe('during a stream', () => {
    interface Case {
      on: boolean
      obs?: boolean
      twitch?: boolean | null
      /** Answers how long ago the death was. */
      prepare?: (stage: Stage) => Promise<number>
    }
    const cases: Record<string, Case> = {
      'OBS streams, and Twitch can’t be asked': { on: true, twitch: null },
      'Twitch is live by way of another machine': { on: true, obs: false },
      'nothing is live': { on: false, obs: false, twitch: false },
      'OBS vanished a moment before': {
        on: true,
        twitch: null,
        async prepare(stage) {
          await stage.losesObs()
          return 0
        },
      },
      'OBS vanished long before, and Twitch can’t be asked': {
        on: false,
        twitch: null,
        async prepare(stage) {
          await stage.losesObs()
          await stage.pass(10 * 60_000)
          return 0
        },
      },
      'Twitch noticed after the death, and before the hub heard of it': {
        on: true,
        async prepare(stage) {
          await stage.losesObs()
          await stage.endsOnTwitch()
          await stage.pass(1000)
          return 2000
        },
      },
      'Twitch noticed before the death': {
        on: false,
        async prepare(stage) {
          await stage.losesObs()
          await stage.endsOnTwitch()
          await stage.pass(2000)
          return 1000
        },
      },
      'OBS came back without a stream, and Twitch still holds it': {
        on: true,
        async prepare(stage) {
          await stage.losesObs()
          await stage.findsObs()
          return 0
        },
      },
      'it was ended by hand, and Twitch has not noticed': {
        on: false,
        async prepare(stage) {
          stage.obs = false
          await stage.rig.say('obs.stream.stopped', {}, 'obs')
          await stage.losesObs()
          await stage.pass(1000)
          return 0
        },
      },
      'OBS was closed by hand in the middle of it': {
        on: false,
        async prepare(stage) {
          await stage.rig.say('obs.exiting', {}, 'obs')
          await stage.losesObs()
          await stage.pass(1000)
          return 0
        },
      },
    }

    it('is not what the demo plays', async () => {
      stage.twitch = null
      stage.obs = false
      await stage.start(obsRule)
      await stage.rig.say('obs.stream.started', {}, 'simulator')
      await stage.exits()
      expect(stage.took()).toEqual([])
    })

    it.each(Object.entries(cases))('%s', async (_, { on, obs = true, twitch = true, prepare }) => {
      stage.obs = obs
      stage.twitch = twitch
      await stage.start(obsRule)
      const agoMs = (await prepare?.(stage)) ?? 0
      await stage.exits({ agoMs })
      expect(stage.took()).toEqual(on ? [COVER] : [])
    })

    it('is no matter to a rule that says so', async () => {
      stage.obs = null
      stage.twitch = null
      await stage.start({ ...obsRule, onlyLive: false })
      await stage.dies()
      expect(stage.took()).toEqual([COVER, START])
    })
  })

  describe('after a crash of the hub', () => {
    it('goes on with the cover it had, and starts nothing twice', async () => {
      await stage.start(obsRule)
      await stage.dies()
      expect(stage.took()).toEqual([COVER, START])
      await stage.rig.crash()
      await stage.comesBack()
      await stage.pass(SETTLE_MS)
      expect([stage.took(), stage.takeover]).toEqual([['uncover'], null])
    })

    it('hears what was stored and not heard', async () => {
      await stage.start(obsRule)
      await stage.exits()
      stage.took()
      await stage.rig.crash(() => stage.state('starting', 'failed', 'it was ended by SIGKILL'))
      expect(stage.took()).toEqual([START])
    })

    it('starts what may never have been ordered once its machine is there and says nothing', async () => {
      await stage.start({ ...obsRule, cover: null })
      await stage.dies()
      stage.took()
      await stage.rig.crash()
      await stage.pass(10_000)
      expect(stage.took()).toEqual([])
      await stage.rig.say('agent.connected', { ...DEMI, address: '10.0.0.2', awayMs: 1 }, 'landale')
      await stage.pass(10_000)
      expect(stage.took()).toEqual([START])
      await stage.pass(60_000)
      expect(stage.took()).toEqual([])
    })

    it('does so at once where its machine never went away', async () => {
      await stage.start({ ...obsRule, cover: null })
      await stage.dies()
      stage.took()
      stage.isConnected = true
      await stage.rig.crash()
      await stage.pass(10_000)
      expect(stage.took()).toEqual([START])
    })

    it('does not where it was ordered and runs', async () => {
      await stage.start({ ...obsRule, cover: null })
      await stage.dies()
      stage.took()
      await stage.rig.crash()
      await stage.rig.say('agent.connected', { ...DEMI, address: '10.0.0.2', awayMs: 1 }, 'landale')
      await stage.comesBack()
      await stage.pass(60_000)
      expect(stage.took()).toEqual([])
    })

    it('never restarts a hung one twice', async () => {
      await stage.start({ ...obsRule, trigger: 'unhealthy', cover: null })
      await stage.health('unhealthy')
      await stage.pass(2000)
      expect(stage.took()).toHaveLength(1)
      await stage.rig.crash()
      await stage.rig.say('agent.connected', { ...DEMI, address: '10.0.0.2', awayMs: 1 }, 'landale')
      await stage.pass(60_000)
      expect(stage.took()).toEqual([])
    })

    it('remembers that it was streaming a moment ago', async () => {
      await stage.start(obsRule)
      stage.twitch = null
      await stage.rig.say('obs.stream.started', {}, 'obs')
      await stage.losesObs()
      await stage.rig.crash()
      await stage.exits()
      expect(stage.took()).toEqual([COVER])
    })

    it('keeps the rules, and what is under way counts against the bound', async () => {
      await stage.start({ ...obsRule, cover: null })
      for (let time = 0; time < 4; time++) {
        await stage.dies()
        await stage.rig.crash()
        await stage.comesBack()
        await stage.pass(SETTLE_MS)
      }
      expect(stage.took()).toEqual([START, START, START])
      expect(stage.rules?.rules).toHaveLength(1)
    })
  })

  it('takes no cover from somebody who may not cover the picture', async () => {
    await stage.start()
    const companion: Actor = { name: 'companion', scopes: ['fleet'] }
    const refused = await stage.rig.ask('agent.rule.set', { rule: obsRule }, companion)
    expect(refused).toMatchObject({ error: { code: 'forbidden', path: 'rule.cover' } })
    const taken = await stage.rig.ask('agent.rule.set', { rule: { ...obsRule, cover: null } }, companion)
    expect(taken).toMatchObject({ status: 'committed' })
  })

  it('changes rules by command, each by its id, and follows a machine to its new name', async () => {
    await stage.start(obsRule)
    await stage.rig.ask('agent.rule.set', { rule: { ...obsRule, restart: false } })
    expect(stage.rules?.rules).toMatchObject([{ id: 'obs', restart: false }])
    stage.rules?.renamed('Demi', 'Deimos')
    await stage.pass(0)
    expect(stage.rules?.rules).toMatchObject([{ machine: 'Deimos' }])
    expect(await stage.rig.ask('agent.rule.remove', { id: 'other' })).toMatchObject({ error: { code: 'not_found' } })
    await stage.rig.ask('agent.rule.remove', { id: 'obs' })
    expect(stage.rules?.rules).toEqual([])
    for (let number = 0; number < 100; number++) {
      await stage.rig.ask('agent.rule.set', { rule: { ...obsRule, id: `rule-${number}` } })
    }
    expect(await stage.rig.ask('agent.rule.set', { rule: obsRule })).toMatchObject({ error: { code: 'conflict' } })
  })
})
