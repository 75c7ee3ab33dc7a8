import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { SignedOutError } from './auth.ts'
import { FIGURES_EVERY_MS, type TwitchFigures, watchFigures } from './figures.ts'
import { HelixError } from './helix.ts'
import { createTwitchRig } from './testing.ts'

describe('the figures of the channel', () => {
  function watch(mayReadFollowers: boolean) {
    const clock = new FakeClock()
    const stop = new AbortController()
    const heard: Partial<TwitchFigures>[] = []
    const answers = { stream: [{ viewer_count: 12 }] as { viewer_count: number }[], failure: null as Error | null }
    const answer = async <T>(value: T): Promise<T> => {
      if (answers.failure) throw answers.failure
      return value
    }
    const running = watchFigures(
      {
        helix: { list: () => answer(answers.stream as never), total: () => answer(345) },
        userId: '1',
        mayReadFollowers,
        clock,
        log: { debug: () => {} },
        onFigures: (figures) => heard.push(figures),
      },
      stop.signal,
    )
    const end = async () => {
      stop.abort()
      await running
      expect(clock.pendingTimers).toBe(0)
    }
    return { clock, answers, heard, running, end }
  }

  it('are asked for once a minute, followers only where that is permitted', async () => {
    const both = watch(true)
    await both.clock.advance(0)
    expect(both.heard).toEqual([{ viewers: 12 }, { followers: 345 }])
    both.answers.stream = []
    await both.clock.advance(FIGURES_EVERY_MS)
    expect(both.heard.slice(2)).toEqual([{ viewers: null }, { followers: 345 }])
    await both.end()
    const without = watch(false)
    await without.clock.advance(FIGURES_EVERY_MS)
    expect(without.heard).toEqual([{ viewers: 12 }, { viewers: 12 }])
    await without.end()
  })

  it('stay as they were when Twitch does not answer, and end with the sign-in', async () => {
    const { clock, answers, heard, running, end } = watch(true)
    await clock.advance(0)
    answers.failure = new HelixError(503, 'away')
    await clock.advance(FIGURES_EVERY_MS)
    expect(heard).toHaveLength(2)
    answers.failure = new SignedOutError('revoked')
    const ended = expect(running).rejects.toThrow('revoked')
    await clock.advance(FIGURES_EVERY_MS)
    await ended
    await end().catch(() => {})
  })

  it('are there once the link is, and the viewers go with the stream', async () => {
    const rig = await createTwitchRig()
    const user = (user_id: string) => ({ user_id, user_login: `v${user_id}`, user_name: `V${user_id}` })
    rig.fake.channel.stream = { id: '777', type: 'live', started_at: '2026-01-01T00:00:00Z', viewer_count: 42 }
    rig.fake.channel.followers = ['1', '2'].map((id) => ({ ...user(id), followed_at: '2025-01-01T00:00:00Z' }))
    rig.start()
    await rig.covered()
    await expect.poll(() => rig.connection.figures.value).toEqual({ viewers: 42, followers: 2 })
    rig.fake.notify('stream.offline', {
      broadcaster_user_id: rig.fake.user.id,
      broadcaster_user_login: rig.fake.user.login,
      broadcaster_user_name: rig.fake.user.name,
    })
    await expect.poll(() => rig.connection.figures.value.viewers).toBeNull()
    await rig.dispose()
  })
})
