/** What can be won and how to take part; once one is drawn, who it is, large. */
import { createMemo, Show } from 'solid-js'
import type { Giveaway } from '../../../contracts/state/giveaway.ts'
import { createHubSecond } from '../../hub-tick.ts'
import { FittedText } from '../../text/fitted-text.tsx'
import { figure } from '../figure.ts'
import { Plate } from '../plate.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './giveaway-widget.css'

const WIDTH_PX = 528

export function GiveawayWidget(props: WidgetProps<'giveaway'>) {
  const now = createHubSecond(props.hubNow, () => 0)
  const winner = createMemo(() => props.data.giveaway?.winners[0] ?? null)
  const isGone = () => {
    const { keepSeconds } = props.settings
    const drawn = winner()
    return drawn !== null && keepSeconds > 0 && now() - drawn.at >= keepSeconds * 1000
  }
  return (
    <Show when={!isGone() && props.data.giveaway}>
      {(giveaway) => (
        <Plate heading={winner() ? giveaway().title : 'Giveaway'}>
          <Show when={winner()} fallback={<Open {...props} giveaway={giveaway()} />}>
            {(drawn) => (
              <div class="giveaway-won">
                <p class="giveaway-word">{props.settings.wonWord}</p>
                <p class="giveaway-winner">
                  <FittedText text={drawn().user_name} maxWidth={WIDTH_PX} sizePx={72} />
                </p>
                <Show when={props.settings.showEntries}>
                  <p class="giveaway-note">of {figure(giveaway().entries)}</p>
                </Show>
              </div>
            )}
          </Show>
        </Plate>
      )}
    </Show>
  )
}

function Open(props: WidgetProps<'giveaway'> & { giveaway: Giveaway }) {
  const isOpen = () => props.giveaway.status === 'open'
  const howTo = () => props.settings.howTo.replace('{keyword}', () => props.giveaway.keyword)
  return (
    <>
      <p class="giveaway-title">
        <FittedText text={props.giveaway.title} maxWidth={WIDTH_PX} sizePx={48} />
      </p>
      <p class="giveaway-how">
        <FittedText text={isOpen() ? howTo() : 'Entries are closed'} maxWidth={WIDTH_PX} sizePx={30} weight="text" />
      </p>
      <Show when={props.settings.showEntries}>
        <p class="giveaway-note">
          <strong>{figure(props.giveaway.entries)}</strong> {props.giveaway.entries === 1 ? 'takes' : 'take'} part
        </p>
      </Show>
    </>
  )
}
