import { cleanup, render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Track } from '../../contracts/display.ts'
import { DISPLAYS_AT, sampleTrack } from '../layer/sample-displays.ts'
import { sampleProducer } from '../omnibar/sample-content.ts'
import { holdMotion, type StillMotion } from '../testing/still-motion.ts'
import { NowPlayingLayer } from './now-playing-layer.tsx'

let motion: StillMotion
beforeEach(() => {
  motion = holdMotion(DISPLAYS_AT)
})
afterEach(() => {
  cleanup()
  motion.release()
})

function show(first: Track | null) {
  const [track, setTrack] = createSignal(first)
  const view = render(() => (
    <NowPlayingLayer
      show={sampleProducer().show}
      state={{ track: track() }}
      hubNow={motion.now}
      onAnimating={() => {}}
    />
  ))
  return { ...view, setTrack, words: () => view.container.querySelector('.now-playing')?.textContent }
}

it('counts down to the end, and goes when no other track follows', () => {
  const page = show(sampleTrack({ durationMs: 64_000 }))
  expect(page.words()).toBe('Lavender Town at NightThe Pocket Orchestra0:03')
  motion.pass(1050)
  expect(page.words()).toContain('0:02')
  motion.pass(10_000)
  expect(page.words()).toContain('0:00')
  motion.pass(3000)
  expect(page.words()).toBeUndefined()
  page.setTrack(sampleTrack({ title: 'Next', at: motion.now() }))
  expect(page.words()).toContain('Next')
  page.unmount()
  expect([vi.getTimerCount(), motion.motions()]).toEqual([0, 0])
})

it('is not there while nothing plays', () => {
  const page = show(null)
  expect(page.words()).toBeUndefined()
  page.setTrack(sampleTrack({ durationMs: null, artist: null }))
  expect(page.words()).toBe('Lavender Town at NightCovers')
  page.setTrack(sampleTrack({ isPlaying: false }))
  motion.pass(350)
  expect(page.words()).toBeUndefined()
})
