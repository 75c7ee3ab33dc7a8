import { cleanup, render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { CaptionsState } from '../../contracts/state/displays.ts'
import { DISPLAYS_AT, sampleStatus } from '../layer/sample-displays.ts'
import { sampleProducer } from '../omnibar/sample-content.ts'
import { holdMotion, type StillMotion } from '../testing/still-motion.ts'
import { CaptionsLayer, SILENCE_MS } from './captions-layer.tsx'

let motion: StillMotion
beforeEach(() => {
  motion = holdMotion(DISPLAYS_AT)
})
afterEach(() => {
  cleanup()
  motion.release()
})

function show(first: CaptionsState | undefined) {
  const [state, setState] = createSignal(first)
  const [status, setStatus] = createSignal(sampleStatus())
  const view = render(() => (
    <CaptionsLayer
      show={sampleProducer().show}
      status={status()}
      state={state()}
      hubNow={motion.now}
      onAnimating={() => {}}
    />
  ))
  const words = () => view.container.querySelector('.captions-words')?.textContent
  return { ...view, setState, setStatus, words }
}

const line = (text: string, at = motion.now()) => ({ id: text, text, at })

it('shows what is said, then what was said, and leaves after a silence', () => {
  const page = show({ lines: [], interim: { text: 'Okay deep', at: DISPLAYS_AT } })
  expect(page.words()).toBe('Okay deep')
  motion.pass(1000)
  page.setState({ lines: [line('Okay, deep breath.')], interim: null })
  motion.pass(SILENCE_MS - 100)
  expect(page.words()).toBe('Okay, deep breath. ')
  motion.pass(500)
  expect(page.words()).toBeUndefined()
  page.setState({ lines: [line('Okay, deep breath.', DISPLAYS_AT + 1000), line('Here we go.')], interim: null })
  expect(page.words()).toBe('Here we go. ')
  page.unmount()
  expect([vi.getTimerCount(), motion.motions()]).toEqual([0, 0])
})

it('draws nothing of an old speech, of none, and before the hub was heard', () => {
  for (const state of [undefined, { lines: [], interim: null }, { lines: [line('x', 1)], interim: null }]) {
    expect(show(state).container.querySelector('section')).toBeNull()
  }
})

it('makes room for a status at the same edge', () => {
  const page = show({ lines: [line('Hello')], interim: null })
  const isLifted = () => page.container.querySelector('[data-lifted]') !== null
  expect(isLifted()).toBe(false)
  page.setStatus(sampleStatus({ isVisible: true }))
  expect(isLifted()).toBe(true)
  page.setStatus(sampleStatus({ isVisible: true, position: 'top' }))
  expect(isLifted()).toBe(false)
})
