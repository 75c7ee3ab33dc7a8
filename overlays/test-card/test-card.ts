/**
 * The test card: what is wrong on the way of a picture is seen on it. Edges, safe areas, colours, alpha, a counter of
 * frames and a clock for people, and the same two numbers in blocks for machines (`frame-strip.ts`). Asks the hub for
 * nothing. `?still=<frame>` stops it at that frame, for pictures that are compared.
 */
import '@fontsource-variable/inter/wght.css'
import { fitToWindow } from '../fit-to-window.ts'
import { CANVAS_SIZE } from '../layer/canvas-size.ts'
import { linkToStage } from '../layer/stage-link.ts'
import '../tokens.css'
import '../layer/layer.css'
import { STRIP, STRIP_BLOCKS, STRIP_ROWS, stripOf } from './frame-strip.ts'
import './test-card.css'

/** 75 % bars, from the brightest to the darkest. */
const BARS = ['#bfbfbf', '#bfbf00', '#00bfbf', '#00bf00', '#bf00bf', '#bf0000', '#0000bf', '#000000']
const RAMP_STEPS = 13
/** Of the mover in each frame, px; from one end to the other in 134 frames. */
const STEP_PX = 12
const TRAVEL_PX = 1608
/** Of a card that stands still, a frame lasts so long, ms. */
const STILL_FRAME_MS = 1000 / 60

function element(id: string): HTMLElement {
  const found = document.getElementById(id)
  if (!found) throw new Error(`the test card has no "${id}"`)
  return found
}

function fillRamp(id: string, colors: readonly string[]): void {
  element(id).append(
    ...colors.map((color) => {
      const step = document.createElement('div')
      step.style.backgroundColor = color
      return step
    }),
  )
}

function ramp(colorAt: (share: number) => string): string[] {
  return Array.from({ length: RAMP_STEPS }, (_, step) => colorAt(step / (RAMP_STEPS - 1)))
}

/** The blocks of both rows, row after row. */
function createStrip(): HTMLElement[] {
  const strip = element('strip')
  const { x, y, block } = STRIP
  const place = (target: HTMLElement, left: number, top: number, width: number, height: number) => {
    Object.assign(target.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` })
  }
  place(strip, x, y, STRIP_BLOCKS * block, STRIP_ROWS.length * block)
  const blocks = STRIP_ROWS.flatMap((_, row) =>
    Array.from({ length: STRIP_BLOCKS }, (_, n) => {
      const target = document.createElement('div')
      place(target, n * block, row * block, block, block)
      return target
    }),
  )
  strip.append(...blocks)
  return blocks
}

function clockOf(at: Date): string {
  const part = (value: number, digits = 2) => String(value).padStart(digits, '0')
  const { hours, minutes, seconds, ms } = {
    hours: part(at.getHours()),
    minutes: part(at.getMinutes()),
    seconds: part(at.getSeconds()),
    ms: part(at.getMilliseconds(), 3),
  }
  return `${hours}:${minutes}:${seconds}.${ms}`
}

function start(): void {
  fitToWindow(element('card'), () => CANVAS_SIZE)
  fillRamp('bars', BARS)
  fillRamp(
    'grey',
    ramp((share) => `rgb(${[share, share, share].map((channel) => Math.round(channel * 255)).join(' ')})`),
  )
  fillRamp(
    'white',
    ramp((share) => `rgb(255 255 255 / ${share})`),
  )
  fillRamp(
    'black',
    ramp((share) => `rgb(0 0 0 / ${share})`),
  )
  fillRamp(
    'accent',
    ramp((share) => `rgb(124 77 255 / ${share})`),
  )
  const blocks = createStrip()
  const frameText = element('frame')
  const clockText = element('clock')
  const mover = element('mover')

  /** `now`: ms epoch. */
  function draw(frame: number, now: number, clock: string): void {
    frameText.textContent = String(frame)
    clockText.textContent = clock
    mover.style.transform = `translateX(${(frame * STEP_PX) % TRAVEL_PX}px)`
    for (const [n, white] of [...stripOf(frame), ...stripOf(now)].entries()) {
      const block = blocks[n]
      if (block) block.style.backgroundColor = white ? '#fff' : '#000'
    }
  }

  const still = new URLSearchParams(location.search).get('still')
  if (still !== null) {
    const frame = Math.max(0, Math.trunc(Number(still)) || 0)
    const ms = Math.round(frame * STILL_FRAME_MS)
    // Midnight of no particular place: the picture must be the same everywhere.
    draw(frame, ms, new Date(ms).toISOString().slice(11, 23))
    linkToStage()
    return
  }
  let frame = 0
  const step = () => {
    const now = new Date()
    draw(frame, now.getTime(), clockOf(now))
    frame += 1
    requestAnimationFrame(step)
  }
  step()
  linkToStage().setAnimating(true)
}

start()
