/** One event as a line. Its time opens the whole event as it is stored. */
import { createSignal, Show } from 'solid-js'
import { readableColour } from '../../../base/readable-colour.ts'
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { Icon } from '../../components/icon.tsx'
import { dayAndTime, timeOfDay } from '../../state/format.ts'
import { wordsOf } from './event-words.ts'

/** What can be shown on stream. */
const MESSAGE = 'twitch.channel.chat.message'

/** The panel's surface in both themes; `tokens.test.ts` keeps them the same as the tokens. */
export const rowSurfaces = { dark: '#171a1f', light: '#fbfcfd' } as const

export interface EventRowProps {
  event: StoredEnvelope
  onUser: (login: string) => void
  /** Puts this message on stream; without it there is no button for that. */
  onShow?: ((seq: number) => void) | undefined
}

export function EventRow(props: EventRowProps) {
  const [open, setOpen] = createSignal(false)
  // An event never changes: read once.
  const { event } = props
  const words = wordsOf(event)
  const login = typeof event.payload.user_login === 'string' ? event.payload.user_login : null
  return (
    <article class="event" data-mark={words.mark}>
      <button
        type="button"
        class="event-time"
        aria-expanded={open()}
        aria-label={`Details of ${timeOfDay(event.at)}`}
        title={dayAndTime(event.at)}
        onClick={() => setOpen(!open())}
      >
        {timeOfDay(event.at).slice(0, 5)}
      </button>
      <p class="event-words">
        <Show when={words.who}>
          {(who) => (
            <>
              <Name who={who()} login={login} colour={event.payload.color} onUser={props.onUser} />{' '}
            </>
          )}
        </Show>
        {words.what}
        <Show when={words.said}>{(said) => <span class="event-said">{said()}</span>}</Show>
        <Show when={event.source === 'simulator'}>
          <span class="event-test">test</span>
        </Show>
      </p>
      <Show when={event.type === MESSAGE && props.onShow}>
        {(show) => (
          <button
            type="button"
            class="event-show"
            aria-label={`Show on stream: ${words.who ?? ''} ${words.said ?? ''}`}
            title="Show on stream"
            onClick={() => show()(event.seq)}
          >
            <Icon name="eye" />
          </button>
        )}
      </Show>
      <Show when={open()}>
        <pre class="event-raw">{JSON.stringify(event, null, 2)}</pre>
      </Show>
    </article>
  )
}

interface NameProps {
  who: string
  login: string | null
  colour: unknown
  onUser: (login: string) => void
}

/** The name in the chatter's own colour, made readable for both themes; a press shows only them. */
function Name(props: NameProps) {
  const colour = typeof props.colour === 'string' ? props.colour : ''
  const paint = (element: HTMLElement) => {
    const dark = readableColour(colour, rowSurfaces.dark)
    const light = readableColour(colour, rowSurfaces.light)
    if (dark) element.style.setProperty('--name-dark', dark)
    if (light) element.style.setProperty('--name-light', light)
  }
  return (
    <Show when={props.login} fallback={<b class="event-name">{props.who}</b>}>
      {(login) => (
        <button
          ref={paint}
          type="button"
          class="event-name"
          title={`Show only ${login()}`}
          onClick={() => props.onUser(login())}
        >
          {props.who}
        </button>
      )}
    </Show>
  )
}
