import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { type Actor, CommandError, type CommandRecord, createCommands, HUB_ACTOR } from './commands.ts'

function setUp() {
  const clock = new FakeClock()
  const records: CommandRecord[] = []
  const bugs: unknown[] = []
  const commands = createCommands({ clock, onDidInvoke: (r) => records.push(r), onBug: (error) => bugs.push(error) })
  return { clock, commands, records, bugs }
}

const OBS_ACTOR: Actor = { name: 'stream deck', scopes: ['obs'] }

describe('commands', () => {
  ensureNoLeaks()

  it('commits with the result, and hands over parsed arguments and the context', async () => {
    const { commands, records } = setUp()
    const seen: unknown[] = []
    const owned = commands.handle('simulator.demo.start', (args, context) => {
      seen.push(args, context.actor.name)
      return { runId: 'r', durationMs: 1 }
    })
    const answer = await commands.invoke('simulator.demo.start', {}, HUB_ACTOR, 'corr')
    expect(answer).toEqual({ status: 'committed', result: { runId: 'r', durationMs: 1 } })
    expect(seen).toEqual([{ seed: 1, speed: 1 }, 'hub'])
    expect(records[0]?.context.correlationId).toBe('corr')
    owned.dispose()
  })

  it('rejects what it does not know, what is not allowed and what nobody handles, and says what to do', async () => {
    const { commands } = setUp()
    expect(await commands.invoke('obs.dance', {}, HUB_ACTOR)).toMatchObject({ error: { code: 'unknown_command' } })
    expect(await commands.invoke('alert.pause', {}, OBS_ACTOR)).toMatchObject({
      error: { code: 'forbidden', message: expect.stringContaining('"alerts"') },
    })
    expect(await commands.invoke('obs.scene.set', { scene: 'A' }, OBS_ACTOR)).toMatchObject({
      error: { code: 'unavailable' },
    })
    expect(await commands.invoke('toString', {}, HUB_ACTOR)).toMatchObject({ error: { code: 'unknown_command' } })
  })

  it('names the argument at fault', async () => {
    const { commands } = setUp()
    const bad = (args: unknown) => commands.invoke('alert.rule.set', args, HUB_ACTOR)
    expect(await bad({ type: 'follow', rule: { enabled: 'yes' } })).toMatchObject({
      error: { code: 'invalid_args', path: 'rule.enabled', message: expect.stringContaining('expected boolean') },
    })
    expect(await bad(null)).toMatchObject({ error: { code: 'invalid_args', path: 'type' } })
    expect(await bad([1])).toMatchObject({ error: { code: 'invalid_args' } })
    expect(await commands.invoke('alert.pause', { extra: 1 }, HUB_ACTOR)).toMatchObject({
      error: { code: 'invalid_args' },
    })
  })

  it('passes on a rejection, and hides no bug', async () => {
    const { commands, bugs } = setUp()
    const owned = commands.handle('obs.scene.set', ({ scene }) => {
      if (scene === 'bug') throw new TypeError('x is not a function')
      throw new CommandError('not_found', `no scene "${scene}"`, { path: 'scene' })
    })
    expect(await commands.invoke('obs.scene.set', { scene: 'A' }, OBS_ACTOR)).toEqual({
      status: 'rejected',
      error: { code: 'not_found', message: 'no scene "A"', path: 'scene' },
    })
    expect(bugs).toEqual([])
    expect(await commands.invoke('obs.scene.set', { scene: 'bug' }, OBS_ACTOR)).toMatchObject({
      error: { code: 'internal' },
    })
    expect(bugs).toHaveLength(1)
    owned.dispose()
  })

  it('answers even when a handler never does', async () => {
    const { clock, commands } = setUp()
    const owned = commands.handle('obs.connect', () => new Promise(() => {}))
    const answer = commands.invoke('obs.connect', {}, HUB_ACTOR)
    await clock.advance(65_000)
    expect(await answer).toMatchObject({ error: { code: 'timeout' } })
    owned.dispose()
  })

  it('keeps secrets out of the record', async () => {
    const { commands, records } = setUp()
    await commands.invoke('obs.configure', { url: 'ws://demi:4455', password: 'hunter2' }, HUB_ACTOR)
    expect(records[0]?.args).toEqual({ url: 'ws://demi:4455', password: '[secret]' })
  })

  it('refuses a second owner of a command', () => {
    const { commands } = setUp()
    const owned = commands.handle('obs.connect', () => ({}))
    expect(() => commands.handle('obs.connect', () => ({}))).toThrow('already has a handler')
    owned.dispose()
    commands.handle('obs.connect', () => ({})).dispose()
  })
})
