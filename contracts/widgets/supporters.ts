import { defineWidget, fromState } from './define-widget.ts'
import { choice, text } from './fields.ts'
import { rankFields, sampleBoard } from './ranks.ts'

export const supportersWidget = defineWidget({
  title: 'Top supporters',
  description: 'Who cheered the most bits or gave away the most subs.',
  size: { width: 600, height: 540 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: 'Top supporters', maxLength: 40 }),
    measure: choice({ label: 'By', options: { bits: 'Bits', gifts: 'Subs given away' }, default: 'bits' }),
    ...rankFields,
  },
  data: {
    today: fromState('state:audience', ({ today }) => today),
    ever: fromState('state:audience', ({ ever }) => ever),
  },
  simulate: ({ settings, second }) => {
    const board = sampleBoard(second, settings.measure === 'bits' ? 100 : 1)
    return { today: board, ever: board }
  },
})
