/**
 * Moves the element of one layer. One master timeline at a time inside one GSAP context, which is emptied before every
 * motion: a context that is only added to keeps every tween for as long as the page. Each motion starts from where the
 * last one was cut off, so nothing jumps. Only transform and opacity move. Knows nothing of the other layers.
 */
import gsap from 'gsap'
import type { Disposable } from '../../base/lifecycle.ts'
import type { LayerMotionName, LayerName } from './layer-machine.ts'

/** ms */
export const LAYER_MOTION = { enterMs: 400, exitMs: 300, interruptMs: 200, resumeMs: 400 } as const

const REST = { y: 0, scale: 1, opacity: 1 } as const
/** Behind what interrupted it: sunk towards the edge, smaller, dimmer; the lower the layer, the more. Nothing interrupts the foreground. */
const SUNK: Readonly<Record<LayerName, gsap.TweenVars>> = {
  foreground: REST,
  midground: { y: 30, scale: 0.95, opacity: 0.7 },
  background: { y: 60, scale: 0.9, opacity: 0.5 },
}

export interface LayerMotionOptions {
  layer: LayerName
  element: HTMLElement
  /** How far it travels to be out of the picture, px: down, to the edge it is anchored to. */
  travelPx: number
  /** Fades instead of travel. Asked at the beginning of each motion. */
  reducesMotion: () => boolean
  /** The motion has come to its end; not called for one that another one cut off. */
  onEnd: (motion: LayerMotionName) => void
}

export interface LayerMotion extends Disposable {
  readonly isMoving: boolean
  /** Begins a motion in place of the one that runs. */
  play(motion: LayerMotionName): void
}

export function createLayerMotion(options: LayerMotionOptions): LayerMotion {
  const { element, onEnd } = options
  const context = gsap.context(() => {})
  let isMoving = false

  /** The element stands where it is. */
  function cutOff(): void {
    context.kill()
    isMoving = false
  }

  function stop(): void {
    cutOff()
    gsap.set(element, { clearProps: 'transform,opacity' })
  }

  function play(motion: LayerMotionName): void {
    if (motion === 'stop') stop()
    else begin(motion)
  }

  function begin(motion: Exclude<LayerMotionName, 'stop'>): void {
    cutOff()
    isMoving = true
    context.add(() => {
      const master = gsap.timeline({
        onComplete() {
          isMoving = false
          // Outside the context: one that another layer opens in here would become a part of this one, and end with it.
          context.ignore(() => onEnd(motion))
        },
      })
      const { from, to } = courseOf(motion, options)
      if (from) master.fromTo(element, from, to)
      else master.to(element, to)
    })
  }

  return {
    get isMoving() {
      return isMoving
    },
    play,
    dispose: stop,
  }
}

interface Course {
  /** Without it, from where the element is. */
  from?: gsap.TweenVars
  to: gsap.TweenVars
}

function courseOf(motion: Exclude<LayerMotionName, 'stop'>, options: LayerMotionOptions): Course {
  const { layer, travelPx, reducesMotion } = options
  const reducedMotion = reducesMotion()
  const away = reducedMotion ? { ...REST, opacity: 0 } : { ...REST, y: travelPx }
  switch (motion) {
    case 'enter':
      return { from: away, to: { ...REST, ...timed(LAYER_MOTION.enterMs, 'power2.out') } }
    case 'resume':
      return { to: { ...REST, ...timed(LAYER_MOTION.resumeMs, 'power2.out') } }
    case 'interrupt': {
      const sunk = reducedMotion ? { opacity: SUNK[layer].opacity ?? 1 } : SUNK[layer]
      return { to: { ...sunk, ...timed(LAYER_MOTION.interruptMs, 'power2.out') } }
    }
    case 'exit': {
      const gone = reducedMotion ? { opacity: 0 } : { y: travelPx }
      return { to: { ...gone, ...timed(LAYER_MOTION.exitMs, 'power2.in') } }
    }
  }
}

/** GSAP counts in seconds. */
function timed(ms: number, ease: string): gsap.TweenVars {
  return { duration: ms / 1000, ease }
}
