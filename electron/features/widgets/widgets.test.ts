import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { CommandAnswer } from '../../../contracts/command.ts'
import type { CommandArgs, CommandName, CommandResult } from '../../../contracts/commands.ts'
import { defaultSettings } from '../../../contracts/widgets.ts'
import { FakeChannels } from '../../kernel/channels/fake-channels.ts'
import { createCommands } from '../../kernel/commands.ts'
import { createSecrets, type SecretBox, secretsMigrations } from '../../kernel/secrets.ts'
import { MemoryStore } from '../../kernel/store/memory-store.ts'
import { createTokens, tokensMigrations } from '../../kernel/tokens.ts'
import { widgetsMigrations } from './widget-store.ts'
import { createWidgets } from './widgets.ts'

const openBox: SecretBox = { kind: 'test', seal: (plain) => plain, open: (sealed) => sealed }

describe('widgets', () => {
  ensureNoLeaks()
  let dataDir: string
  let store: MemoryStore

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'landale-widgets-'))
    store = new MemoryStore([...secretsMigrations, ...tokensMigrations, ...widgetsMigrations])
  })
  afterEach(async () => {
    store.close()
    await rm(dataDir, { recursive: true })
  })

  async function start() {
    const clock = new FakeClock()
    const channels = new FakeChannels()
    const logged: string[] = []
    const bugs: unknown[] = []
    const say = (_: unknown, message?: string) => logged.push(message ?? '')
    const commands = createCommands({ clock, onDidInvoke: () => {}, onBug: (error) => bugs.push(error) })
    const tokens = await createTokens({ store, secrets: createSecrets(store, openBox), clock, dataDir })
    const log = { warn: say, error: say }
    const baseUrl = () => 'http://127.0.0.1:7175'
    const widgets = await createWidgets({ commands, channels, store, tokens, baseUrl, clock, log })
    const stop = new AbortController()
    const running = widgets.run(stop.signal)
    const run = async <N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N>> => {
      const answer = await commands.run(name, args)
      if (answer.status === 'rejected') throw new Error(`${answer.error.code} ${answer.error.message}`)
      return answer.result
    }
    return {
      clock,
      logged,
      bugs,
      tokens,
      run,
      ask: <N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandAnswer> => commands.run(name, args),
      state: () => channels.stateOf('state:widgets'),
      patches: channels.patches,
      async end() {
        stop.abort()
        await running
        expect(bugs).toEqual([])
      },
    }
  }

  it('begins with the settings of the kind, and keeps what is changed over a restart', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals' })
    expect(hub.state().widgets).toEqual([
      { id: widget, kind: 'goals', name: 'Goals', settings: defaultSettings('goals') },
    ])
    await hub.run('widget.change', { widget, settings: { heading: 'Tonight', accent: '#ff0000' } })
    await hub.run('widget.rename', { widget, name: 'Night goals' })
    await hub.end()
    const again = await start()
    const settings = { ...defaultSettings('goals'), heading: 'Tonight', accent: '#ff0000' }
    expect(again.state().widgets).toEqual([{ id: widget, kind: 'goals', name: 'Night goals', settings }])
    await again.end()
  })

  it('sends only what was changed', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals' })
    hub.patches.length = 0
    await hub.run('widget.change', { widget, settings: { most: 2 } })
    expect(hub.patches).toEqual([
      { topic: 'state:widgets', patches: [{ op: 'replace', path: '/widgets/0/settings/most', value: 2 }] },
    ])
    await hub.end()
  })

  it('says which setting is wrong, and changes none then', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals' })
    const rejected = (code: string, path: string) => ({ status: 'rejected', error: { code, path } })
    const wrong = await hub.ask('widget.change', { widget, settings: { heading: 'x', most: 99 } })
    expect(wrong).toMatchObject(rejected('invalid_args', 'settings.most'))
    const unknown = await hub.ask('widget.change', { widget, settings: { colour: 'red' } })
    expect(unknown).toMatchObject(rejected('invalid_args', 'settings.colour'))
    const inherited = await hub.ask('widget.change', { widget, settings: { constructor: 1 } })
    expect(inherited).toMatchObject(rejected('invalid_args', 'settings.constructor'))
    expect(await hub.ask('widget.change', { widget: 'gone', settings: {} })).toMatchObject(
      rejected('not_found', 'widget'),
    )
    expect(hub.state().widgets[0]?.settings).toEqual(defaultSettings('goals'))
    await hub.end()
  })

  it('changes nothing that the disk does not take', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals' })
    store.refuse('disk full')
    const answer = await hub.ask('widget.change', { widget, settings: { most: 1 } })
    expect(answer).toMatchObject({ status: 'rejected', error: { code: 'unavailable' } })
    store.refuse(null)
    expect(hub.state().widgets[0]?.settings).toEqual(defaultSettings('goals'))
    await hub.end()
  })

  it('copies, resets and takes back; a slider that was moved is one step', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals', name: 'A' })
    const most = (at: number) => hub.state().widgets[at]?.settings.most
    for (const value of [4, 5, 6]) {
      await hub.run('widget.change', { widget, settings: { most: value } })
      await hub.clock.advance(100)
    }
    await hub.run('widget.copy', { widget })
    expect(hub.state().widgets.map(({ name }) => name)).toEqual(['A', 'A 2'])
    expect(most(1)).toBe(6)
    await hub.run('widget.reset', { widget })
    expect([most(0), most(1)]).toEqual([3, 6])
    await hub.run('widget.undo', { widget })
    expect(most(0)).toBe(6)
    await hub.run('widget.undo', { widget })
    expect(most(0)).toBe(3)
    expect(await hub.ask('widget.undo', { widget })).toMatchObject({ error: { code: 'conflict' } })
    await hub.end()
  })

  it('keeps presets for every widget of the kind', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals' })
    await hub.run('widget.change', { widget, settings: { most: 1 } })
    const { preset } = await hub.run('widget.preset.save', { widget, name: 'One' })
    const other = await hub.run('widget.add', { kind: 'goals' })
    await hub.run('widget.preset.apply', { widget: other.widget, preset })
    expect(hub.state().widgets[1]?.settings.most).toBe(1)
    await hub.run('widget.change', { widget, settings: { most: 2 } })
    expect(await hub.run('widget.preset.save', { widget, name: 'One' })).toEqual({ preset })
    expect(hub.state().presets.map(({ settings }) => settings.most)).toEqual([2])
    await hub.run('widget.preset.remove', { preset })
    expect(hub.state().presets).toEqual([])
    await hub.end()
  })

  it('imports what was exported, and of a foreign file what fits', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals', name: 'A' })
    await hub.run('widget.change', { widget, settings: { heading: 'Tonight' } })
    await hub.run('widget.preset.save', { widget, name: 'P' })
    const file = await hub.run('widget.export', {})
    await hub.run('widget.import', { file: JSON.parse(JSON.stringify(file)) })
    expect(hub.state().widgets.map(({ name, settings }) => [name, settings.heading])).toEqual([
      ['A', 'Tonight'],
      ['A 2', 'Tonight'],
    ])
    expect(hub.state().presets).toHaveLength(1)
    const foreign = {
      ...file,
      presets: [],
      widgets: [
        { kind: 'goals', name: 'B', settings: { most: 'many', showFigures: false, zoom: 2 } },
        { kind: 'weather', name: 'C', settings: {} },
      ],
    }
    const { widgets, faults } = await hub.run('widget.import', { file: foreign })
    expect(widgets).toHaveLength(1)
    expect(hub.state().widgets.at(-1)?.settings).toEqual({ ...defaultSettings('goals'), showFigures: false })
    expect(faults).toEqual([
      '“B”, most: use a number',
      '“B”, zoom: there is no such setting',
      '“C” is left out: this Landale has no widget of the kind “weather”',
    ])
    await hub.end()
  })

  it('gives each an address that opens nothing else, until it is removed', async () => {
    const hub = await start()
    const { widget } = await hub.run('widget.add', { kind: 'goals' })
    const { url } = await hub.run('widget.url.get', { widget })
    expect(url).toMatch(`http://127.0.0.1:7175/widget/${widget}?token=`)
    const secret = new URL(url).searchParams.get('token') ?? ''
    expect(hub.tokens.verify(secret)).toMatchObject({ scopes: ['overlay'], output: `widget:${widget}` })
    const renewed = await hub.run('widget.url.renew', { widget })
    expect(hub.tokens.verify(secret)).toBeNull()
    await hub.run('widget.remove', { widget })
    expect(hub.tokens.verify(new URL(renewed.url).searchParams.get('token') ?? '')).toBeNull()
    expect(hub.state().widgets).toEqual([])
    await hub.end()
  })

  it('leaves on disk what it does not know', async () => {
    const insert = 'INSERT INTO widgets VALUES (?, ?, ?, ?, ?)'
    await store.run([
      { sql: insert, params: ['1', 'weather', 'W', '{}', 1] },
      { sql: insert, params: ['2', 'goals', 'G', '{"most": "x", "heading": "H"}', 2] },
      { sql: insert, params: ['3', 'goals', 'N', 'no json', 3] },
    ])
    const hub = await start()
    expect(hub.state().widgets.map(({ id, settings }) => [id, settings.heading, settings.most])).toEqual([
      ['2', 'H', 3],
      ['3', 'Goals', 3],
    ])
    expect(hub.logged).toHaveLength(2)
    await hub.end()
    expect(await store.all("SELECT 1 FROM widgets WHERE id = '1'")).toHaveLength(1)
  })
})
