/**
 * The motion of one alert as a GSAP timeline that is only ever sought, never played: what is on screen is a function of
 * the offset, so that a page reloaded in the middle, a frame that came late and a test all see the same picture. Only
 * transform and opacity move. Everything comes from the left edge, where the alert is anchored, and leaves to it.
 */
import gsap from 'gsap'
import type { Disposable } from '../../base/lifecycle.ts'
import { ALERT_MOTION } from '../../contracts/alert-motion.ts'
import type { Actor } from './alert-presenter.ts'
import { offsetOf } from './alert-presenter.ts'

interface AlertParts {
  root: HTMLElement
  badge: HTMLElement
  plate: HTMLElement
  who: HTMLElement
  line: HTMLElement
  message: HTMLElement | null
}

export interface AlertTimeline extends Disposable {
  /** Draws the frame for `now` (hub time). False once the alert is gone. */
  draw(now: number): boolean
  /** Whether anything of it is on its way at `now` (hub time); between entrance and exit it stands still. */
  isMoving(now: number): boolean
  /** Ends all motion: a timeline that is not ended stays in memory for as long as the page. */
  dispose(): void
}

/** From one part's start to the next one's. */
const STAGGER_MS = 60
/** The viewer's words come once the rest has been read. */
const MESSAGE_DELAY_MS = 600
const TEXT_TRAVEL_PX = 24

export interface AlertTimelineOptions {
  parts: AlertParts
  actor: Actor
  /** Fades instead of travel. */
  reducedMotion: boolean
}

export function createAlertTimeline({ parts, actor, reducedMotion }: AlertTimelineOptions): AlertTimeline {
  const main = gsap.timeline({ paused: true })
  const sendOff = gsap.timeline({ paused: true })
  /** On the main timeline now, ms. */
  const placeOf = (now: number) => Math.max(0, offsetOf(actor, now) - actor.alert.elapsedMs)
  const runMs = actor.alert.durationMs - actor.alert.elapsedMs
  addEntrance(main, parts, actor, runMs, reducedMotion)
  addDeparture(main, parts.root, ALERT_MOTION.exitMs, Math.max(0, runMs - ALERT_MOTION.exitMs), reducedMotion)

  return {
    draw(now) {
      if (actor.leftAt === null) {
        main.time(seconds(placeOf(now)))
        return offsetOf(actor, now) < actor.alert.durationMs
      }
      if (sendOff.getChildren().length === 0) {
        addDeparture(sendOff, parts.root, ALERT_MOTION.interruptMs, 0, reducedMotion)
      }
      sendOff.time(seconds(now - actor.leftAt))
      return now - actor.leftAt < ALERT_MOTION.interruptMs
    },
    isMoving(now) {
      if (actor.leftAt !== null) return true
      const at = seconds(placeOf(now))
      return main.getChildren(false, true, false).some((tween) => at >= tween.startTime() && at < tween.endTime())
    },
    dispose() {
      main.kill()
      sendOff.kill()
    },
  }
}

function addEntrance(line: gsap.core.Timeline, parts: AlertParts, actor: Actor, runMs: number, fade: boolean): void {
  const resumed = actor.alert.elapsedMs > 0
  const full = resumed ? ALERT_MOTION.resumeMs : ALERT_MOTION.enterMs
  const lastMs = Math.max(0, Math.min(full, runMs - ALERT_MOTION.exitMs))
  const at = actor.delayMs
  if (fade) {
    line.fromTo(parts.root, { opacity: 0 }, tween(lastMs, { opacity: 1 }), seconds(at))
    return
  }
  if (resumed) {
    line.fromTo(parts.root, { xPercent: -100 }, tween(lastMs, { xPercent: 0 }), seconds(at))
    return
  }
  // The parts share the entrance: each starts a little after the one before, all are there at its end.
  const part = (target: HTMLElement, from: gsap.TweenVars, to: gsap.TweenVars, index: number) => {
    const lateMs = Math.min(index * STAGGER_MS, lastMs)
    line.fromTo(target, from, tween(lastMs - lateMs, to), seconds(at + lateMs))
  }
  part(parts.badge, { xPercent: -100 }, { xPercent: 0 }, 0)
  part(parts.plate, { xPercent: -100 }, { xPercent: 0 }, 1)
  part(parts.who, { x: -TEXT_TRAVEL_PX, opacity: 0 }, { x: 0, opacity: 1 }, 2)
  part(parts.line, { x: -TEXT_TRAVEL_PX, opacity: 0 }, { x: 0, opacity: 1 }, 3)
  if (parts.message) {
    const messageAt = Math.max(0, Math.min(at + lastMs + MESSAGE_DELAY_MS, runMs - ALERT_MOTION.exitMs - lastMs))
    line.fromTo(
      parts.message,
      { yPercent: -100, opacity: 0 },
      tween(lastMs, { yPercent: 0, opacity: 1 }),
      seconds(messageAt),
    )
  }
}

function addDeparture(line: gsap.core.Timeline, root: HTMLElement, ms: number, atMs: number, fade: boolean): void {
  const away = fade ? { opacity: 0 } : { xPercent: -100 }
  const from = fade ? { opacity: 1 } : { xPercent: 0 }
  const to = { ...away, duration: seconds(ms), ease: 'power2.in', immediateRender: false }
  if (atMs > 0) line.fromTo(root, from, to, seconds(atMs))
  else line.to(root, to, 0)
}

function tween(ms: number, to: gsap.TweenVars): gsap.TweenVars {
  return { ...to, duration: seconds(ms), ease: 'power2.out' }
}

/** GSAP counts in seconds. */
function seconds(ms: number): number {
  return ms / 1000
}
