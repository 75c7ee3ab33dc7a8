import type { ChatHighlight } from '../state/chat.ts'
import { previewLine } from './chat.ts'
import { defineWidget, fromState } from './define-widget.ts'
import { range, text, toggle } from './fields.ts'

/** A card for six of ten seconds. */
function previewHighlight(second: number, now: number): ChatHighlight | null {
  const begin = second - (second % 10)
  if (second % 10 >= 6) return null
  const startedAt = now - (second - begin) * 1000
  return { id: `preview-${begin}`, line: previewLine(begin / 10, startedAt), startedAt, endsAt: startedAt + 6000 }
}

export const highlightWidget = defineWidget({
  title: 'Message highlight',
  description: 'A chat message that you choose on the dashboard, large, for a while.',
  size: { width: 1200, height: 300 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: 'From the chat', maxLength: 40 }),
    textSize: range({ label: 'Text', default: 42, min: 30, max: 60, unit: 'px' }),
    showBadges: toggle({ label: 'Badges', default: true }),
    showTime: toggle({ label: 'A track that says how long it stays', default: true }),
  },
  data: { highlight: fromState('state:chat', ({ highlight }) => highlight) },
  simulate: ({ second, now }): { highlight: ChatHighlight | null } => ({ highlight: previewHighlight(second, now) }),
})
