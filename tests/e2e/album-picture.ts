/** The picture of an album that a player sends with what it plays. */
import type { Page } from '@playwright/test'

/** Some bars of colour, as a player would send them. */
export async function pictureOfAlbum(page: Page) {
  const data = await page.evaluate(() => {
    const canvas = document.createElement('canvas')
    canvas.width = 120
    canvas.height = 120
    const context = canvas.getContext('2d')
    for (const [index, colour] of ['#1d2b53', '#7e2553', '#ff77a8', '#ffec27'].entries()) {
      if (context) context.fillStyle = colour
      context?.fillRect(0, index * 30, 120, 30)
    }
    return canvas.toDataURL('image/png').split(',')[1] ?? ''
  })
  return { type: 'image/png' as const, data }
}
