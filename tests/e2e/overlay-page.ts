/** An overlay in a browser as tests look at it: the stage, and in it the page of the alert layer. */
import type { Frame, FrameLocator, Locator, Page } from '@playwright/test'

/** Opens a stage; resolves once its alert layer was given the queue. */
export async function openOverlay(page: Page, url: string): Promise<void> {
  const given = new Promise<void>((resolve) => {
    page.on('websocket', (socket) => {
      socket.on('framereceived', ({ payload }) => {
        if (String(payload).includes('"state:alerts"')) resolve()
      })
    })
  })
  await page.goto(url)
  await given
}

/** What the alert layer's page has in it. */
export const alertLayer = (page: Page): FrameLocator => page.frameLocator('iframe[src*="/layer/alerts"]')

export const alertOf = (page: Page, who?: string): Locator =>
  alertLayer(page).locator('.alert', who === undefined ? {} : { hasText: who })

/** The alert layer's page itself, for what has to run inside of it. */
export async function alertFrame(page: Page): Promise<Frame> {
  const isAlerts = (frame: Frame) => frame.url().includes('/layer/alerts')
  const there = page.frames().find(isAlerts)
  if (there) return there
  const [frame] = await Promise.all([page.waitForEvent('framenavigated', isAlerts)])
  return frame
}
