import { describe, expect, it } from 'vitest'
import { FakeClock } from '../../base/testing/fake-clock.ts'
import { createAlarms } from './alarms.ts'

describe('alarms', () => {
  it('lists the worst first, keeps the time of the first raising, and tells only of changes', async () => {
    const clock = new FakeClock(0)
    const alarms = createAlarms(clock)
    let changes = 0
    const listening = alarms.onDidChange(() => {
      changes += 1
    })
    alarms.raise('twitch', 'warning', 'Twitch is silent')
    await clock.advance(10)
    alarms.raise('disk', 'critical', 'the disk is full')
    alarms.raise('twitch', 'warning', 'Twitch is silent')
    alarms.raise('twitch', 'warning', 'Twitch has been silent for 20 s')
    expect(alarms.list).toEqual([
      { id: 'disk', level: 'critical', message: 'the disk is full', since: 10 },
      { id: 'twitch', level: 'warning', message: 'Twitch has been silent for 20 s', since: 0 },
    ])
    expect(changes).toBe(3)
    alarms.clear('disk')
    alarms.clear('disk')
    expect(alarms.list.map(({ id }) => id)).toEqual(['twitch'])
    expect(changes).toBe(4)
    listening.dispose()
    alarms.dispose()
  })
})
