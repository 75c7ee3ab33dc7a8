/** One alert on screen: who, what, how much, and the viewer's own words under it. Drawn at its offset in every frame. */
import gsap from 'gsap'
import { onCleanup, onMount, Show } from 'solid-js'
import type { Alert, AlertType } from '../../contracts/alert.ts'
import { PicturedWords } from '../pictures/pictured-words.tsx'
import { fitText, tameMarks } from '../text/fit-text.ts'
import { measureText } from '../text/text-measure.ts'
import { AlertIcon } from './alert-icon.tsx'
import type { Actor } from './alert-presenter.ts'
import { createAlertTimeline } from './alert-timeline.ts'

export interface AlertBannerProps {
  actor: Actor
  /** Hub time, ms epoch. */
  hubNow: () => number
  reducedMotion: boolean
  /** Whether it moves in the frame just drawn; false when it is gone. */
  onMotion: (moving: boolean) => void
  onOver: () => void
}

/** What the name may take up, px; both leave the right third of the picture alone. */
const NAME = {
  standard: { maxWidth: 900, sizePx: 60 },
  large: { maxWidth: 1080, sizePx: 84 },
} as const
const NAME_FACE = '750 SIZEpx "Inter Variable", "Noto Sans CJK JP", sans-serif'

/** `--text-name` */
const MESSAGE_SIZE_PX = 36

/** These are named by a sentence, which is read, not recognised. */
const TITLED: readonly AlertType[] = ['poll', 'prediction', 'goal']

function sizeOf({ type, priority }: Alert): keyof typeof NAME {
  const matters = priority === 'urgent' || priority === 'high'
  return matters && !TITLED.includes(type) ? 'large' : 'standard'
}

export function AlertBanner(props: AlertBannerProps) {
  const { alert } = props.actor
  const size = sizeOf(alert)
  const { maxWidth, sizePx } = NAME[size]
  const font = NAME_FACE.replace('SIZE', String(sizePx))
  const who = fitText(alert.who, maxWidth, (text) => measureText(text, font))
  let root!: HTMLElement
  let badge!: HTMLDivElement
  let plate!: HTMLDivElement
  let name!: HTMLDivElement
  let line!: HTMLDivElement
  let message: HTMLDivElement | undefined

  onMount(() => {
    const parts = { root, badge, plate, who: name, line, message: message ?? null }
    const timeline = createAlertTimeline({ parts, actor: props.actor, reducedMotion: props.reducedMotion })
    const frame = () => {
      const now = props.hubNow()
      const isThere = timeline.draw(now)
      props.onMotion(isThere && timeline.isMoving(now))
      if (!isThere) props.onOver()
    }
    gsap.ticker.add(frame)
    onCleanup(() => {
      gsap.ticker.remove(frame)
      timeline.dispose()
      props.onMotion(false)
    })
    frame()
  })

  return (
    <article
      class="alert"
      ref={root}
      data-type={alert.type}
      data-size={size}
      data-run={alert.run}
      data-alert={alert.id}
    >
      <Show when={alert.message}>
        {(text) => (
          <div class="alert-message-clip">
            <div class="alert-message" ref={message} dir="auto">
              <div class="alert-message-text">
                <Show when={alert.fragments.length > 0} fallback={tameMarks(text())}>
                  <PicturedWords
                    fragments={alert.fragments}
                    textSize={MESSAGE_SIZE_PX}
                    pictures={props.reducedMotion ? 'still' : 'moving'}
                  />
                </Show>
              </div>
            </div>
          </div>
        )}
      </Show>
      <div class="alert-plate" ref={plate}>
        <div class="alert-who" ref={name} style={{ 'font-size': `${sizePx * who.scale}px` }}>
          <bdi>{who.text}</bdi>
        </div>
        <div class="alert-line" ref={line}>
          <span class="alert-what">{tameMarks(alert.what)}</span>
          <Show when={alert.amount}>{(amount) => <span class="alert-amount">{amount()}</span>}</Show>
        </div>
      </div>
      <div class="alert-badge" ref={badge}>
        <AlertIcon type={alert.type} />
      </div>
    </article>
  )
}
