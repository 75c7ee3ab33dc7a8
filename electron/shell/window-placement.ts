/** Where the dashboard opens. A strip display (1920x400 under the main screen) is what a dashboard is bought for. */
import type { Display, Rectangle } from 'electron'

export interface Placement {
  bounds: Partial<Rectangle> & { width: number; height: number }
  kiosk: boolean
}

/** Wider than any screen made for looking at: 32:9 is 3.6, a 1920x400 strip is 4.8. */
const STRIP_ASPECT = 4
const NORMAL_SIZE = { width: 1280, height: 800 }

/** Fills a strip display as a kiosk; else an ordinary window no larger than the primary display (the first). */
export function placeDashboard(displays: Pick<Display, 'bounds' | 'workArea'>[]): Placement {
  const strip = displays.find(({ bounds }) => bounds.width / bounds.height >= STRIP_ASPECT)
  if (strip) return { bounds: strip.bounds, kiosk: true }
  const room = displays[0]?.workArea ?? NORMAL_SIZE
  return {
    bounds: { width: Math.min(NORMAL_SIZE.width, room.width), height: Math.min(NORMAL_SIZE.height, room.height) },
    kiosk: false,
  }
}
