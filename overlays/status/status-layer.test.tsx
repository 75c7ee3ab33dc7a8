import { cleanup, render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { StatusState } from '../../contracts/state/displays.ts'
import { DISPLAYS_AT, sampleStatus } from '../layer/sample-displays.ts'
import { sampleProducer } from '../omnibar/sample-content.ts'
import { holdMotion, type StillMotion } from '../testing/still-motion.ts'
import { StatusLayer } from './status-layer.tsx'

let motion: StillMotion
beforeEach(() => {
  motion = holdMotion(DISPLAYS_AT)
})
afterEach(() => {
  cleanup()
  motion.release()
})

function show(first: StatusState) {
  const [state, setState] = createSignal(first)
  const view = render(() => (
    <StatusLayer show={sampleProducer().show} state={state()} hubNow={motion.now} onAnimating={() => {}} />
  ))
  const at = (place: string) => view.container.querySelector(`[data-place="${place}"]`)?.textContent
  return { ...view, setState, at }
}

it('stands where it is set to, and nowhere when it is hidden', () => {
  const page = show(sampleStatus())
  expect(page.container.querySelector('section')).toBeNull()
  page.setState(sampleStatus({ isVisible: true, hasClock: false, text: 'fetching tea' }))
  expect([page.at('top'), page.at('bottom')]).toEqual(['', 'On breakfetching tea'])
  page.setState(
    sampleStatus({ isVisible: true, hasClock: false, mode: 'custom', text: 'Build night', position: 'top' }),
  )
  motion.pass(400)
  expect([page.at('top'), page.at('bottom')]).toEqual(['Build night', ''])
  page.setState(sampleStatus({ isVisible: true, mode: 'custom', text: null, position: 'top' }))
  motion.pass(400)
  expect(page.at('top')).toBe('')
})

it('types a text, in three seconds at most, in a box that has its size from the start', () => {
  const text = 'x'.repeat(200)
  const page = show(sampleStatus({}, { isVisible: true, text, animation: 'typewriter' }))
  const typed = () => page.container.querySelector('.status-words > span')?.textContent ?? ''
  expect(typed()).toBe('')
  motion.pass(1000)
  expect(typed().length).toBeGreaterThan(20)
  expect(page.at('bottom')).toBe(text)
  motion.pass(2500)
  expect(typed()).toBe(text)
  page.unmount()
  expect([vi.getTimerCount(), motion.motions()]).toEqual([0, 0])
})
