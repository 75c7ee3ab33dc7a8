/** The newest of what viewers did, under each other. A new one comes in on top and pushes the others down. */
import { createMemo, For, Show } from 'solid-js'
import type { AudienceEvent } from '../../../contracts/state/audience.ts'
import type { WidgetSettings } from '../../../contracts/widgets.ts'
import { createHubSecond } from '../../hub-tick.ts'
import { Line } from '../line.tsx'
import { Plate } from '../plate.tsx'
import type { WidgetProps } from '../widget-props.ts'
import { eventWords } from './event-words.ts'
import './events-widget.css'

/** Beside the mark. */
const WORDS_WIDTH_PX = 492

export function EventsWidget(props: WidgetProps<'events'>) {
  const now = createHubSecond(props.hubNow, () => 0)
  const wanted = createMemo(() => props.data.events.filter(({ event }) => isWanted(event, props.settings)))
  const shown = createMemo(() => {
    const { keepMinutes, most } = props.settings
    const oldest = keepMinutes === 0 ? 0 : now() - keepMinutes * 60_000
    return wanted()
      .filter(({ at }) => at >= oldest)
      .slice(0, most)
  })
  return (
    <Show when={shown().length > 0}>
      <Plate heading={props.settings.heading}>
        <ul class="rows">
          <For each={shown()}>
            {({ event }) => (
              <Show when={eventWords(event)}>
                {(words) => (
                  <li class="event" data-hint={words().hint}>
                    <Line words={words().who} figure={words().what} isFigureSoft widthPx={WORDS_WIDTH_PX} />
                  </li>
                )}
              </Show>
            )}
          </For>
        </ul>
      </Plate>
    </Show>
  )
}

function isWanted(event: AudienceEvent['event'], settings: WidgetSettings<'events'>): boolean {
  switch (event.event) {
    case 'twitch.channel.follow':
      return settings.follows
    case 'twitch.channel.subscribe':
    case 'twitch.channel.subscription.message':
      return settings.subs
    case 'twitch.channel.subscription.gift':
      return settings.gifts
    case 'twitch.channel.cheer':
      return settings.bits && event.bits >= settings.leastBits
    case 'twitch.channel.raid':
      return settings.raids
    case 'twitch.channel.channel_points_custom_reward_redemption.add':
      return settings.rewards
    case 'twitch.channel.charity_campaign.donate':
      return settings.donations
    default:
      return false
  }
}
