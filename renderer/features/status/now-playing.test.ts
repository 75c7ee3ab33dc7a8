import { describe, expect, it } from 'vitest'
import type { PlayingAlert } from '../../../contracts/state/alerts.ts'
import { sampleAlerts } from '../../testing/sample-state.ts'
import { remainingMs } from './now-playing.tsx'

const NOW = 1_761_868_800_000

function playing(part: Partial<PlayingAlert>): PlayingAlert {
  const { current } = sampleAlerts(NOW)
  if (!current) throw new Error('the sample has no alert on screen')
  return { ...current, durationMs: 10_000, startedAt: NOW - 3000, elapsedMs: 0, ...part }
}

describe('remainingMs', () => {
  it.each([
    ['from its start', {}, false, 7000],
    ['after an interruption, with what was shown before', { elapsedMs: 4000 }, false, 3000],
    ['while paused, without the time that passes', { elapsedMs: 4000 }, true, 6000],
    ['when it is over', { startedAt: NOW - 60_000 }, false, 0],
    ['when this clock is behind the hub’s', { startedAt: NOW + 500 }, false, 10_000],
  ])('counts %s', (_what, part, paused, expected) => {
    expect(remainingMs(playing(part), paused, NOW)).toBe(expected)
  })
})
