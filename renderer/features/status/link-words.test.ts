import { describe, expect, it } from 'vitest'
import type { ConnectionState } from '../../../contracts/state/connection.ts'
import { sampleObs, sampleSystem, sampleTwitch } from '../../testing/sample-state.ts'
import { connectionWords, hubWords, type NoticeSources, noticesOf, twitchWords } from './link-words.ts'

const NOW = 1_761_868_800_000

function sources(part: Partial<NoticeSources> = {}): NoticeSources {
  return {
    link: { status: 'online' },
    obs: sampleObs(NOW),
    twitch: sampleTwitch(NOW),
    system: sampleSystem(NOW),
    now: NOW,
    ...part,
  }
}

const obsIn = (connection: ConnectionState) => ({ ...sampleObs(NOW), connection })

describe('noticesOf', () => {
  it('says nothing while all is well, or was never set up', () => {
    expect(noticesOf(sources())).toEqual([])
    const twitch = { ...sampleTwitch(NOW), configured: false, signIn: { status: 'signed-out' as const } }
    expect(noticesOf(sources({ obs: obsIn({ status: 'idle', reason: 'no address' }), twitch }))).toEqual([])
  })

  it('says why OBS refused and where to mend it', () => {
    const obs = obsIn({ status: 'needs-auth', reason: 'OBS refused the password' })
    expect(noticesOf(sources({ obs }))).toEqual([
      {
        id: 'obs',
        level: 'critical',
        text: 'OBS refused the password',
        step: { kind: 'page', label: 'Open settings', href: '#set-up/obs' },
      },
    ])
  })

  it('counts down to the next try and offers it now', () => {
    const obs = obsIn({ status: 'waiting', attempt: 2, retryAt: NOW + 8000, reason: 'connection refused' })
    const [notice] = noticesOf(sources({ obs }))
    expect(notice?.text).toBe('OBS: connection refused. Next try in 8 s.')
    expect(notice?.step).toEqual({ kind: 'command', label: 'Retry now', command: 'obs.connect' })
  })

  it('puts what is critical first', () => {
    const obs = obsIn({ status: 'waiting', attempt: 2, retryAt: NOW, reason: 'x' })
    const twitch = { ...sampleTwitch(NOW), silentSince: NOW - 34_000 }
    expect(noticesOf(sources({ obs, twitch })).map(({ level }) => level)).toEqual(['critical', 'warning'])
  })

  it('says only that the hub is gone when it is', () => {
    const obs = obsIn({ status: 'failed', reason: 'x' })
    const notices = noticesOf(sources({ obs, link: { status: 'offline', since: NOW - 12_000 } }))
    expect(notices.map(({ text }) => text)).toEqual(['The hub is gone. Reconnecting… last seen 12 s ago.'])
  })

  it('leads to the machines from what is wrong with one of them', () => {
    const alarm = { level: 'warning', message: 'm', since: NOW } as const
    const alarms = [
      { ...alarm, id: 'fleet:away' },
      { ...alarm, id: 'disk' },
    ]
    const steps = noticesOf(sources({ system: { ...sampleSystem(NOW), alarms } })).map(({ step }) => step)
    expect(steps).toEqual([{ kind: 'page', label: 'Show machines', href: '#machines' }, null])
  })

  it('offers to restart a module that gave up', () => {
    const system = sampleSystem(NOW)
    const modules = system.modules.map((module) =>
      module.id === 'alerts' ? { ...module, status: 'failed' as const, reason: 'its table is gone' } : module,
    )
    const [notice] = noticesOf(sources({ system: { ...system, modules } }))
    expect(notice?.step).toEqual({ kind: 'restart', label: 'Restart it', module: 'alerts' })
  })
})

describe('words of a link', () => {
  it('never relies on the colour alone: every tone has its word', () => {
    const states: ConnectionState[] = [
      { status: 'idle', reason: 'r' },
      { status: 'connecting', attempt: 1 },
      { status: 'connected', since: NOW },
      { status: 'waiting', attempt: 1, retryAt: NOW + 1000, reason: 'r' },
      { status: 'needs-auth', reason: 'r' },
      { status: 'failed', reason: 'r' },
      { status: 'closed' },
    ]
    const words = states.map((state) => connectionWords(state, NOW).word)
    expect(new Set(words).size).toBe(states.length)
    expect(hubWords({ status: 'offline', since: NOW - 5000 }, NOW).word).toBe('Lost 5 s ago')
  })

  it('counts the topics that are off', () => {
    const twitch = sampleTwitch(NOW)
    twitch.topics.push({ type: 'x', version: '1', status: { status: 'off', reason: 'missing-scope', scope: 's' } })
    expect(twitchWords(twitch, NOW)).toMatchObject({ tone: 'warn', word: 'Connected, 1 off' })
  })
})
