import { cleanup, render } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { holdMotion, type StillMotion } from '../testing/still-motion.ts'
import { STARTED_AT } from './sample-content.ts'
import { TimeLine } from './time-line.tsx'

let motion: StillMotion
beforeEach(() => {
  motion = holdMotion(STARTED_AT)
})
afterEach(() => {
  cleanup()
  motion.release()
})

it('drains second by second, and is full again when there is more time', () => {
  const [endsAt, setEndsAt] = createSignal(STARTED_AT + 100_000)
  const view = render(() => <TimeLine startedAt={STARTED_AT} endsAt={endsAt()} hubNow={motion.now} />)
  const share = () =>
    Number(
      /scaleX\((.*)\)/.exec(view.container.querySelector<HTMLElement>('.time-line-left')?.style.transform ?? '')?.[1],
    )
  expect(share()).toBe(1)
  motion.pass(25_050)
  expect(share()).toBeCloseTo(0.75, 2)
  setEndsAt(motion.now() + 100_000)
  expect(share()).toBe(1)
  motion.pass(50_050)
  expect(share()).toBeCloseTo(0.5, 2)
  motion.pass(60_000)
  expect(share()).toBe(0)
  view.unmount()
  expect(vi.getTimerCount()).toBe(0)
})
