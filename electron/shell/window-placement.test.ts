import type { Display, Rectangle } from 'electron'
import { expect, test } from 'vitest'
import { placeDashboard } from './window-placement.ts'

function display(bounds: Rectangle, workArea = bounds): Pick<Display, 'bounds' | 'workArea'> {
  return { bounds, workArea }
}

const MAIN = display({ x: 0, y: 0, width: 1920, height: 1080 })

test('a strip display is filled, wherever it is', () => {
  const strip = { x: 0, y: 1080, width: 1920, height: 400 }
  expect(placeDashboard([MAIN, display(strip)])).toEqual({ bounds: strip, kiosk: true })
})

test('an ultra-wide screen is no strip', () => {
  expect(placeDashboard([display({ x: 0, y: 0, width: 5120, height: 1440 })]).kiosk).toBe(false)
})

test('an ordinary window is no larger than the room there is', () => {
  const small = display({ x: 0, y: 0, width: 1366, height: 768 }, { x: 0, y: 0, width: 1200, height: 728 })
  expect(placeDashboard([small])).toEqual({ bounds: { width: 1200, height: 728 }, kiosk: false })
  expect(placeDashboard([MAIN]).bounds).toEqual({ width: 1280, height: 800 })
  expect(placeDashboard([]).kiosk).toBe(false)
})
