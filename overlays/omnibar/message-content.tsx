/** Words of the streamer or of a rule: one large line, or two smaller ones, never more. */
import { createMemo, Show } from 'solid-js'
import type { ContentOf } from '../../contracts/content.ts'
import { PicturedWords } from '../pictures/pictured-words.tsx'
import { tameMarks } from '../text/fit-text.ts'
import { measureText } from '../text/text-measure.ts'

/** Beside the widest tab, px. */
const LINE_WIDTH = 1200
const TEXT_PX = 36
const LONG_PX = 24
const LINE_FONT = '500 36px "Inter Variable", "Noto Sans CJK JP", sans-serif'

export function Message(props: { content: ContentOf<'message'> }) {
  const text = createMemo(() => tameMarks(props.content.message))
  const isLong = () => measureText(text(), LINE_FONT) > LINE_WIDTH
  return (
    <div class="cell message" data-long={isLong() ? '' : undefined} dir="auto">
      <div class="message-text">
        <Show when={props.content.fragments} fallback={text()}>
          {(fragments) => (
            <PicturedWords fragments={fragments()} textSize={isLong() ? LONG_PX : TEXT_PX} pictures="still" />
          )}
        </Show>
      </div>
    </div>
  )
}
