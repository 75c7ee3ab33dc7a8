/** Displays with something on them, for tests and pictures. */
import type { StatusBar, StatusText, Track } from '../../contracts/display.ts'
import type { CodingState, StatusState } from '../../contracts/state/displays.ts'

export const DISPLAYS_AT = 1_760_000_000_000

export function sampleStatus(bar: Partial<StatusBar> = {}, text: Partial<StatusText> = {}): StatusState {
  return {
    bar: { mode: 'break', text: null, isVisible: false, position: 'bottom', hasClock: true, ...bar },
    text: { text: '', isVisible: false, position: 'bottom', fontSize: 'medium', animation: 'fade', ...text },
  }
}

export function sampleTrack(change: Partial<Track> = {}): Track {
  return {
    title: 'Lavender Town at Night',
    artist: 'The Pocket Orchestra',
    album: 'Grass, Tall',
    source: 'Covers',
    durationMs: 254_000,
    positionMs: 61_000,
    at: DISPLAYS_AT,
    isPlaying: true,
    artwork: null,
    ...change,
  }
}

export function sampleCoding(change: Partial<CodingState> = {}): CodingState {
  return {
    task: 'Make the queue survive a crash',
    topic: 'TypeScript and SQLite',
    status: 'tests are green',
    startedAt: DISPLAYS_AT,
    ...change,
  }
}
