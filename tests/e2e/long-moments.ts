/** Makes what a page shows for some seconds stay for minutes, so that a slow machine has the time to look at it. */
import type { Page } from '@playwright/test'

/** From now on, in every page that is loaded: timers of `fromMs` or more take sixty times as long. */
export async function keepMoments(page: Page, fromMs: number): Promise<void> {
  await page.addInitScript((from) => {
    const { setTimeout } = globalThis
    const longer = (work: TimerHandler, ms = 0, ...given: unknown[]) =>
      setTimeout(work, ms >= from ? ms * 60 : ms, ...given)
    Object.assign(globalThis, { setTimeout: longer })
  }, fromMs)
}
