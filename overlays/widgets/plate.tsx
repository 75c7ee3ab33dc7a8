/** The plate that most widgets stand on: as high as what is on it, with an accent on its edge and a heading, if wanted. */
import { type ParentProps, Show } from 'solid-js'
import { FittedText } from '../text/fitted-text.tsx'

const HEADING_WIDTH_PX = 528

export function Plate(props: ParentProps<{ heading?: string | undefined }>) {
  return (
    <section class="plate">
      <Show when={props.heading?.trim()}>
        {(heading) => (
          <h2 class="plate-heading">
            <FittedText text={heading()} maxWidth={HEADING_WIDTH_PX} sizePx={24} />
          </h2>
        )}
      </Show>
      {props.children}
    </section>
  )
}
