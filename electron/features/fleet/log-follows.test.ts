/** Who watches what a process prints, with real agents. */
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import type { AgentLogLines } from '../../../contracts/fleet.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import type { FakeGuest } from '../../kernel/channels/fake-channels.ts'
import { CommandError } from '../../kernel/commands.ts'
import { type FakeAgent, fakeProcess } from './fake-agent.ts'
import { FleetRig } from './fleet-rig.ts'

let rig: FleetRig
let demi: FakeAgent

beforeEach(() => {
  rig = new FleetRig()
})
ensureNoLeaks()
beforeEach(async () => {
  await rig.start()
  demi = await rig.join('demi', (agent) => {
    agent.processes = [fakeProcess('obs'), fakeProcess('a:b')]
  })
})
afterEach(() => rig.dispose())

const page = (scope: Scope) => ({ actor: { name: 'page', scopes: [scope], tokenId: 'page' } })

function watch(process = 'obs', agent = demi.pairing.agent): FakeGuest {
  return rig.channels.join(`agent-logs:${agent}:${process}`, page('fleet'))
}

function textsOf(guest: FakeGuest): string[] {
  return (guest.told('lines') as AgentLogLines[]).flatMap(({ lines }) => lines.map(({ text }) => text))
}

const named = (name: string) => demi.commands.filter((command) => command.name === name)

it('shows the newest lines, and then those that come', async () => {
  demi.print('obs', 'one')
  const guest = watch()
  await rig.until(() => textsOf(guest).length === 1)
  demi.print('obs', 'two')
  await rig.until(() => textsOf(guest).length === 2)
  expect(guest.told('lines')[1]).toEqual({
    lines: [{ number: 2, at: expect.any(Number), stream: 'out', text: 'two', cut: false }],
    dropped: 0,
  })
})

it('follows once, however many watch, and no longer than they do', async () => {
  demi.print('obs', 'one')
  const first = watch()
  await rig.until(() => textsOf(first).length === 1)
  const second = watch()
  expect(textsOf(second)).toEqual(['one'])
  demi.print('obs', 'two')
  await rig.until(() => textsOf(first).length === 2 && textsOf(second).length === 2)
  expect(named('logs.follow')).toHaveLength(1)
  first.leave()
  expect(named('logs.unfollow')).toHaveLength(0)
  second.leave()
  await rig.until(() => demi.follows.size === 0)
  expect(named('logs.unfollow')).toHaveLength(1)
})

it('gives a follow back that is answered when nobody watches any more', async () => {
  const guest = watch()
  guest.leave()
  await rig.until(() => named('logs.unfollow').length === 1)
  expect(demi.follows.size).toBe(0)
})

it('goes on with the next link where it was', async () => {
  for (const text of ['one', 'two']) demi.print('obs', text)
  const guest = watch()
  await rig.until(() => textsOf(guest).length === 2)
  demi.cut()
  await rig.until(() => rig.machine().link === 'away')
  demi.follows.clear()
  demi.print('obs', 'three')
  await demi.connect()
  await rig.until(() => textsOf(guest).length === 3)
  demi.print('obs', 'four')
  await rig.until(() => textsOf(guest).length === 4)
  expect(textsOf(guest)).toEqual(['one', 'two', 'three', 'four'])
})

it('shows all of a log that begins anew', async () => {
  for (const text of ['one', 'two']) demi.print('obs', text)
  const guest = watch()
  await rig.until(() => textsOf(guest).length === 2)
  demi.cut()
  await rig.until(() => rig.machine().link === 'away')
  demi.follows.clear()
  demi.printed.clear()
  demi.print('obs', 'again')
  await demi.connect()
  await rig.until(() => textsOf(guest).length === 3)
  expect(textsOf(guest)).toEqual(['one', 'two', 'again'])
})

it('says when nothing more will come', async () => {
  demi.reply = ({ name }) =>
    name === 'logs.follow' ? { ok: false, code: 'busy', reason: '8 follows at once' } : undefined
  const guest = watch()
  await rig.until(() => guest.told('gone').length === 1)
  expect(guest.told('gone')).toEqual([{ reason: '"demi": 8 follows at once' }])
  demi.reply = () => undefined
  const other = watch()
  await rig.until(() => demi.follows.size === 1)
  await rig.ask('agent.machine.revoke', { machine: 'demi' })
  expect(other.told('gone')).toEqual([{ reason: '"demi" was unpaired' }])
})

it('refuses what is not there', async () => {
  expect(() => watch('chess')).toThrow(CommandError)
  expect(() => watch('obs', 'nobody')).toThrow(CommandError)
  const guest = watch('a:b')
  await rig.until(() => demi.follows.size === 1)
  expect([...demi.follows.values()]).toEqual(['a:b'])
  guest.leave()
  demi.cut()
  await rig.until(() => rig.machine().link === 'away')
  expect(() => watch()).toThrow('"demi" is away')
  expect(() => rig.channels.join(`agent-logs:${demi.pairing.agent}:obs`, page('read'))).toThrow('nobody lets')
})

it('reads what was printed', async () => {
  for (const text of ['one', 'two', 'three']) demi.print('obs', text)
  const answer = await rig.ask('agent.logs', { machine: 'demi', process: 'obs', lines: 1, before: 3 })
  expect(answer).toMatchObject({ result: { lines: [{ number: 2, text: 'two' }], first: 1, last: 3 } })
  demi.reply = () => ({ ok: true, value: { lines: 'none' } })
  expect(await rig.ask('agent.logs', { machine: 'demi', process: 'obs' })).toMatchObject({
    error: { code: 'vendor_error' },
  })
})

it('reads and edits definitions', async () => {
  const definition = { id: 'game', name: 'Game', command: 'game' }
  const on = { machine: 'demi' }
  expect(await rig.ask('agent.definitions.put', { ...on, definition })).toMatchObject({ status: 'committed' })
  expect(await rig.ask('agent.definitions.read', on)).toEqual({
    status: 'committed',
    result: { definitions: [definition], faults: [], edits: 'safe' },
  })
  expect(await rig.ask('agent.definitions.remove', { ...on, process: 'obs' })).toMatchObject({ status: 'committed' })
  demi.reply = () => ({ ok: false, code: 'refused', reason: 'only its own file may', path: 'definition.command' })
  expect(await rig.ask('agent.definitions.put', { ...on, definition })).toMatchObject({
    error: { code: 'forbidden', message: '"demi": only its own file may', path: 'definition.command' },
  })
  const large = { id: 'x', note: 'x'.repeat(300_000) }
  expect(await rig.ask('agent.definitions.put', { ...on, definition: large })).toMatchObject({
    error: { code: 'invalid_args' },
  })
})
