import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { SIMULATOR_ACTOR } from '../../kernel/commands.ts'
import { FeatureRig } from '../../kernel/feature-rig.ts'
import { createGiveaway, giveawayMigrations } from './giveaway.ts'

const KEYBOARD = { title: 'A keyboard', keyword: '!Win' }

describe('a giveaway', () => {
  ensureNoLeaks()
  let rig: FeatureRig
  /** How many there were to draw from, each time. */
  let asked: number[]

  beforeEach(async () => {
    asked = []
    const chance = (max: number) => {
      asked.push(max)
      return max - 1
    }
    rig = new FeatureRig(giveawayMigrations, (parts) => createGiveaway({ ...parts, chance }))
    await rig.start()
  })
  afterEach(async () => {
    await rig.dispose()
    expect(rig.clock.pendingTimers).toBe(0)
  })

  const giveaway = () => rig.channels.stateOf('state:giveaway').giveaway
  const winners = () => giveaway()?.winners.map(({ user_name }) => user_name)

  it('takes in who writes the word, once each, while it is open', async () => {
    await rig.chat('Early', '!win')
    await rig.ask('giveaway.open', KEYBOARD)
    await rig.chat('Mira', '!win')
    await rig.chat('Mira', '!WIN please')
    await rig.chat('Otto', 'I want to !win')
    await rig.chat('Sim', '!win', 'simulator')
    expect(giveaway()).toMatchObject({ title: 'A keyboard', keyword: '!Win', status: 'open', entries: 1 })
    await rig.ask('giveaway.close')
    await rig.chat('Late', '!win')
    expect(giveaway()).toMatchObject({ status: 'closed', entries: 1 })
  })

  it('draws each winner once, none that is left out, and says so in the log', async () => {
    await rig.ask('giveaway.open', { ...KEYBOARD, exclude: ['nightBOT'] })
    expect(await rig.ask('giveaway.draw')).toMatchObject({ error: { code: 'conflict' } })
    for (const name of ['Mira', 'Otto', 'Nightbot']) await rig.chat(name, '!win')
    await rig.ask('giveaway.draw')
    await rig.ask('giveaway.draw')
    expect(asked).toEqual([2, 1])
    expect(winners()?.toSorted()).toEqual(['Mira', 'Otto'])
    expect(await rig.ask('giveaway.draw')).toMatchObject({ error: { code: 'conflict' } })
    const drawn = rig.store.events.filter(({ type }) => type === 'giveaway.winner.drawn')
    expect(drawn.map(({ payload }) => payload.entries)).toEqual([2, 1])
  })

  it('knows entries and winners after a crash, and who came while nobody listened', async () => {
    await rig.ask('giveaway.open', KEYBOARD)
    await rig.chat('Mira', '!win')
    await rig.ask('giveaway.draw')
    await rig.crash(() => rig.chat('Otto', '!win'))
    expect(giveaway()?.entries).toBe(2)
    await rig.ask('giveaway.draw')
    expect(winners()).toEqual(['Otto', 'Mira'])
    await rig.ask('giveaway.clear')
    expect(giveaway()).toBeNull()
  })

  it('draws nobody that the disk does not take', async () => {
    await rig.ask('giveaway.open', KEYBOARD)
    await rig.chat('Mira', '!win')
    rig.store.refuse('disk full')
    expect(await rig.ask('giveaway.draw')).toMatchObject({ error: { code: 'unavailable' } })
    rig.store.refuse(null)
    expect(winners()).toEqual([])
  })

  it('can be rehearsed with made-up viewers', async () => {
    await rig.ask('giveaway.open', { ...KEYBOARD, rehearsal: true })
    await rig.chat('Sim', '!win', 'simulator')
    expect(giveaway()?.entries).toBe(1)
    expect(await rig.ask('giveaway.open', KEYBOARD)).toMatchObject({ error: { code: 'conflict' } })
    expect(await rig.ask('giveaway.open', { ...KEYBOARD, keyword: 'two words' })).toMatchObject({
      error: { code: 'invalid_args', path: 'keyword' },
    })
  })
  it('has the demo’s in memory, in front of the true one unless that is open', async () => {
    await rig.ask('giveaway.open', KEYBOARD)
    await rig.chat('Mira', '!win')
    await rig.ask('giveaway.close')
    await rig.ask('giveaway.open', { title: 'Made up', keyword: '!demo' }, SIMULATOR_ACTOR)
    await rig.chat('Sim', '!demo', 'simulator')
    await rig.chat('Otto', '!demo')
    expect(giveaway()).toMatchObject({ title: 'Made up', entries: 1 })
    await rig.ask('giveaway.close', {}, SIMULATOR_ACTOR)
    await rig.ask('giveaway.draw', {}, SIMULATOR_ACTOR)
    expect(winners()).toEqual(['Sim'])
    expect(rig.store.events.filter(({ type }) => type === 'giveaway.winner.drawn')).toEqual([])
    await rig.say('simulator.demo.ended', { runId: 'r' }, 'simulator')
    expect(giveaway()).toMatchObject({ title: 'A keyboard', entries: 1, winners: [] })
    expect(await rig.ask('giveaway.draw', {}, SIMULATOR_ACTOR)).toMatchObject({ error: { code: 'conflict' } })

    await rig.ask('giveaway.open', { title: 'Made up', keyword: '!demo' }, SIMULATOR_ACTOR)
    await rig.crash()
    expect(giveaway()).toMatchObject({ title: 'A keyboard', entries: 1 })
    await rig.ask('giveaway.open', { title: 'Made up', keyword: '!demo' }, SIMULATOR_ACTOR)
    await rig.ask('giveaway.open', KEYBOARD)
    expect(giveaway()).toMatchObject({ title: 'A keyboard', status: 'open' })
  })
})
