/** Called at the top of a suite: a test that leaves a disposable unreleased fails, with the stack that made it. */
import { afterEach, beforeEach, expect } from 'vitest'
import { trackDisposables } from '../lifecycle.ts'

export function ensureNoLeaks(): void {
  let finish: (() => Error[]) | undefined
  beforeEach(() => {
    finish = trackDisposables()
  })
  afterEach(() => {
    const leaks = finish?.() ?? []
    finish = undefined
    expect(leaks.map((leak) => leak.stack)).toEqual([])
  })
}
