import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { CommandAnswer } from '../../../contracts/command.ts'
import type { Output } from '../../../contracts/output.ts'
import { mayWatch } from '../../kernel/tokens.ts'
import { DEFAULT_OUTPUT, outputsMigrations } from './output-store.ts'
import { createDisk, type Disk, type RunningOutputs, startOutputs } from './testing.ts'

ensureNoLeaks()

let disk: Disk
const hubs: RunningOutputs[] = []
beforeEach(async () => {
  disk = await createDisk()
})
afterEach(async () => {
  for (const hub of hubs.splice(0)) {
    await hub.end()
    expect(hub.bugs).toEqual([])
  }
  await disk.release()
})

async function start(): Promise<RunningOutputs> {
  const hub = await startOutputs(disk)
  hubs.push(hub)
  return hub
}

async function restart(): Promise<RunningOutputs> {
  await hubs.at(-1)?.end()
  return start()
}

function resultOf<T>(answer: CommandAnswer): T {
  expect(answer).toMatchObject({ status: 'committed' })
  return (answer as { result: T }).result
}

const SIDE = { output: 'side', name: 'Side' }
const CARD = { source: { kind: 'page', page: 'test-card' } }
const rejected = (code: string, path?: string) => ({ status: 'rejected', error: path ? { code, path } : { code } })

describe('outputs', () => {
  it('begin with main and its alerts', async () => {
    const hub = await start()
    expect(hub.state()).toEqual({ outputs: [DEFAULT_OUTPUT], undo: null, redo: null })
    expect(hub.outputs.outputs).toEqual([DEFAULT_OUTPUT])
  })

  it('are changed by commands, kept over a restart, and announced', async () => {
    const hub = await start()
    const heard: string[][] = []
    const listening = hub.outputs.onDidChange((outputs) => heard.push(outputs.map(({ id }) => id)))
    expect(resultOf(await hub.ask('output.add', SIDE))).toEqual({ output: 'side' })
    const { layer } = resultOf<{ layer: string }>(await hub.ask('layer.add', { output: 'side', layer: CARD }))
    resultOf(await hub.ask('layer.update', { output: 'side', layer, change: { opacity: 0.5 } }))
    expect(heard).toEqual([
      ['main', 'side'],
      ['main', 'side'],
      ['main', 'side'],
    ])
    listening.dispose()
    const shown = hub.state()
    expect(shown.outputs[1]).toMatchObject({
      id: 'side',
      width: 1920,
      frameRate: 60,
      layers: [{ id: layer, opacity: 0.5 }],
    })
    const later = await restart()
    expect(later.state()).toEqual(shown)
    expect(later.state().undo).toBe('Set the opacity of layer “Test card”')
  })

  it('are undone and redone, over a restart too; a new change ends what could be redone', async () => {
    const hub = await start()
    const states = [hub.state().outputs]
    for (const [name, args] of [
      ['output.add', SIDE],
      ['layer.add', { output: 'side', layer: CARD }],
      ['output.update', { output: 'main', width: 1280, height: 720 }],
      ['output.remove', { output: 'side' }],
    ] as const) {
      resultOf(await hub.ask(name, args))
      states.push(hub.state().outputs)
    }
    expect(await hub.ask('outputs.redo')).toMatchObject(rejected('conflict'))
    resultOf(await hub.ask('outputs.undo'))
    expect(hub.state()).toEqual({
      outputs: states[3],
      undo: 'Make output “Main” 1280 x 720',
      redo: 'Remove output “Side”',
    })
    const later = await restart()
    for (const expected of [states[2], states[1], states[0]]) {
      resultOf(await later.ask('outputs.undo'))
      expect(later.state().outputs).toEqual(expected)
    }
    expect(await later.ask('outputs.undo')).toMatchObject(rejected('conflict'))
    for (const expected of [states[1], states[2]]) {
      resultOf(await later.ask('outputs.redo'))
      expect(later.state().outputs).toEqual(expected)
    }
    resultOf(await later.ask('layer.remove', { output: 'main', layer: 'alerts' }))
    expect(later.state().redo).toBeNull()
    expect((await restart()).state()).toMatchObject({ undo: 'Remove layer “Alerts”', redo: null })
  })

  it('count a change that changes nothing as none', async () => {
    const hub = await start()
    resultOf(await hub.ask('output.update', { output: 'main', width: 1920 }))
    resultOf(await hub.ask('layer.move', { output: 'main', layer: 'takeover', index: 39 }))
    expect(hub.state().undo).toBeNull()
    expect(disk.store.writes).toBe(0)
  })

  it('answer what is wrong with an order', async () => {
    const hub = await start()
    for (const [name, args, code, path] of [
      ['output.remove', { output: 'main' }, 'conflict', 'output'],
      ['output.add', { output: 'main', name: 'X' }, 'conflict', 'output'],
      ['output.add', { output: 'Not An Id', name: 'X' }, 'invalid_args', 'output'],
      ['layer.add', { output: 'nowhere', layer: CARD }, 'not_found', 'output'],
      ['layer.remove', { output: 'main', layer: 'x' }, 'not_found', 'layer'],
      [
        'layer.add',
        { output: 'main', layer: { source: { kind: 'url', url: 'ftp://a' } } },
        'invalid_args',
        'layer.source.url',
      ],
      [
        'layer.add',
        { output: 'main', layer: { source: { kind: 'url', url: 'http://localhost:7175/overlay/main' } } },
        'invalid_args',
        'layer.source.url',
      ],
      ['overlay.url.get', { output: 'nowhere' }, 'not_found', 'output'],
      ['overlay.url.renew', { output: 'nowhere' }, 'not_found', 'output'],
    ] as const) {
      expect(await hub.ask(name, args), name).toMatchObject(rejected(code, path))
    }
    expect(hub.state()).toEqual({ outputs: [DEFAULT_OUTPUT], undo: null, redo: null })
  })

  it('take orders that come together one after the other', async () => {
    const hub = await start()
    const adds = Array.from({ length: 8 }, () => hub.ask('output.add', { name: 'Same' }))
    const moves = Array.from({ length: 8 }, (_, at) =>
      hub.ask('layer.add', { output: 'main', layer: CARD, index: at % 2 }),
    )
    const ids = (await Promise.all(adds)).map((answer) => resultOf<{ output: string }>(answer).output)
    for (const answer of await Promise.all(moves)) resultOf(answer)
    expect(ids).toEqual(['same', ...Array.from({ length: 7 }, (_, at) => `same-${at + 2}`)])
    expect(hub.state().outputs[0]?.layers.length).toBe(DEFAULT_OUTPUT.layers.length + 8)
    const undone = await Promise.all(Array.from({ length: 17 }, () => hub.ask('outputs.undo')))
    expect(undone.map(({ status }) => status)).toEqual([...Array(16).fill('committed'), 'rejected'])
    expect(hub.state().outputs).toEqual([DEFAULT_OUTPUT])
  })

  it('stay as they were when the disk refuses, and go on when it is well again', async () => {
    const hub = await start()
    resultOf(await hub.ask('output.add', SIDE))
    const before = hub.state()
    disk.store.refuse('disk full')
    const answer = await hub.ask('output.remove', { output: 'side' })
    expect(answer).toMatchObject(rejected('unavailable'))
    expect(JSON.stringify(answer)).toContain('disk full')
    expect(hub.state()).toEqual(before)
    disk.store.refuse(null)
    resultOf(await hub.ask('layer.add', { output: 'side', layer: CARD }))
    const shown = hub.state()
    expect((await restart()).state()).toEqual(shown)
  })

  it('remember a hundred steps', async () => {
    const hub = await start()
    for (let width = 101; width <= 250; width++) resultOf(await hub.ask('output.update', { output: 'main', width }))
    const later = await restart()
    for (let step = 0; step < 100; step++) resultOf(await later.ask('outputs.undo'))
    expect(later.state().outputs[0]?.width).toBe(150)
    expect(await later.ask('outputs.undo')).toMatchObject(rejected('conflict'))
    expect(await disk.store.all('SELECT number FROM output_steps')).toHaveLength(100)
  })
})

describe('what can not be read', () => {
  const write = (sql: string, params: string[] = []) => disk.store.run([{ sql, params }])

  it('is left out, and with it the history', async () => {
    const first = await start()
    resultOf(await first.ask('output.add', SIDE))
    await first.end()
    await write("UPDATE outputs SET output = ? WHERE id = 'side'", ['{"id":"side"}'])
    const hub = await restart()
    expect(hub.state()).toEqual({ outputs: [DEFAULT_OUTPUT], undo: null, redo: null })
    expect(hub.logged).toEqual(['an output could not be read from the store and is left out'])
    resultOf(await hub.ask('output.add', SIDE))
    expect((await restart()).state()).toMatchObject({
      outputs: [{ id: 'main' }, { id: 'side' }],
      undo: 'Add output “Side”',
    })
  })

  it('is replaced where it is main', async () => {
    await write('UPDATE outputs SET output = ?', ['no JSON'])
    expect((await start()).state().outputs).toEqual([DEFAULT_OUTPUT])
  })

  it.each([
    'no JSON',
    '[]',
    '[{"op":"replace","path":"/5/name","value":"x"}]',
    '[{"op":"replace","path":"/0/width","value":-1}]',
  ])('is not undone: %s', async (undo) => {
    const first = await start()
    resultOf(await first.ask('output.add', SIDE))
    const { outputs } = first.state()
    await first.end()
    await write('UPDATE output_steps SET undo = ?', [undo])
    const hub = await restart()
    expect(await hub.ask('outputs.undo')).toMatchObject(undo === '[]' ? { status: 'committed' } : rejected('conflict'))
    expect(hub.state().outputs).toEqual(outputs)
    expect(hub.state().undo).toBeNull()
    resultOf(await hub.ask('output.remove', { output: 'side' }))
  })
})

describe('URLs', () => {
  const urls = (output: string, token: string) => ({
    url: `http://127.0.0.1:7175/overlay/${output}?token=${token}`,
    liveUrl: `http://127.0.0.1:7175/live/${output}?token=${token}`,
    previewUrl: `http://127.0.0.1:7175/live/${output}.mjpeg?token=${token}`,
  })
  const secretOf = (url: string) => new URL(url).searchParams.get('token') ?? ''

  it('show one output each, until they are renewed', async () => {
    const hub = await start()
    resultOf(await hub.ask('output.add', SIDE))
    const main = resultOf<{ url: string }>(await hub.ask('overlay.url.get', { output: 'main' }))
    const secret = secretOf(main.url)
    expect(main).toEqual(urls('main', secret))
    expect(await hub.outputs.urlOf('main', 'overlay')).toBe(main.url)
    expect(await hub.outputs.urlOf('main', 'live')).toBe(urls('main', secret).liveUrl)
    const actor = hub.tokens.verify(secret)
    if (!actor) throw new Error('the token in the URL is not valid')
    expect([mayWatch(actor, 'main'), mayWatch(actor, 'side')]).toEqual([true, false])
    expect(hub.outputs.tokenOutput(actor.tokenId)).toBe('main')
    const renewed = resultOf<{ url: string }>(await hub.ask('overlay.url.renew', { output: 'main' }))
    expect(renewed).toEqual(urls('main', secretOf(renewed.url)))
    expect([hub.tokens.verify(secret), hub.outputs.tokenOutput(actor.tokenId)]).toEqual([null, null])
    expect(await hub.outputs.urlOf('main', 'overlay')).toBe(renewed.url)
    await expect(hub.outputs.urlOf('nowhere', 'overlay')).rejects.toThrow('there is no output "nowhere"')
  })

  it('let a stage in where it belongs only', async () => {
    const hub = await start()
    const main = { name: 'overlay:main', scopes: ['overlay' as const], tokenId: 't', output: 'main' }
    expect(() => hub.channels.join('overlay:main', { actor: main })).not.toThrow()
    expect(() => hub.channels.join('overlay:side', { actor: main })).toThrow('does not open the output "side"')
    const { output: _, ...anyone } = main
    expect(() => hub.channels.join('overlay:main', { actor: anyone })).toThrow('does not open the output "main"')
    expect(() =>
      hub.channels.join('overlay:main', { actor: { ...anyone, scopes: ['overlay' as const, 'read' as const] } }),
    ).not.toThrow()
  })

  it('die with their output, and an undone removal has new ones', async () => {
    const hub = await start()
    resultOf(await hub.ask('output.add', SIDE))
    const secret = secretOf(await hub.outputs.urlOf('side', 'overlay'))
    const seen: (readonly Output[])[] = []
    const listening = hub.outputs.onDidChange((outputs) => seen.push(outputs))
    const removing = hub.ask('output.remove', { output: 'side' })
    // Asked for in the same moment: it must not bring the token back to life.
    const asking = hub.ask('overlay.url.get', { output: 'side' })
    resultOf(await removing)
    expect(await asking).toMatchObject(rejected('not_found', 'output'))
    expect(hub.tokens.verify(secret)).toBeNull()
    expect(seen).toEqual([[DEFAULT_OUTPUT]])
    listening.dispose()
    resultOf(await hub.ask('outputs.undo'))
    const renewed = secretOf(await hub.outputs.urlOf('side', 'overlay'))
    expect(renewed).not.toBe(secret)
    resultOf(await hub.ask('outputs.redo'))
    expect(hub.tokens.verify(renewed)).toBeNull()
  })

  it('of an output that was removed just before the end are dead after the start', async () => {
    const first = await start()
    resultOf(await first.ask('output.add', SIDE))
    const [side, main] = [
      secretOf(await first.outputs.urlOf('side', 'overlay')),
      secretOf(await first.outputs.urlOf('main', 'overlay')),
    ]
    await first.end()
    await disk.store.run([{ sql: "DELETE FROM outputs WHERE id = 'side'" }, { sql: 'DELETE FROM output_steps' }])
    const hub = await restart()
    await expect.poll(() => hub.tokens.verify(side), { timeout: 10_000 }).toBeNull()
    expect(hub.tokens.verify(main)).not.toBeNull()
  })

  it('are known while the service does not run', async () => {
    const hub = await start()
    await hub.end()
    expect(await hub.outputs.urlOf('main', 'overlay')).toContain('/overlay/main?token=')
    expect(await hub.ask('overlay.url.get', { output: 'main' })).toMatchObject(rejected('unavailable'))
    hubs.pop()
  })
})

it('finds the migration of a store that is in use unchanged: it would not open any more', () => {
  const hashes = outputsMigrations.map(({ id, sql }) => [
    id,
    createHash('sha256').update(sql).digest('hex').slice(0, 16),
  ])
  expect(hashes).toEqual([['outputs/1', '8091a535c6504e0b']])
})
