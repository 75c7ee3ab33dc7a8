import { defineWidget, fromState } from './define-widget.ts'
import { choice, text } from './fields.ts'
import { rankFields, sampleBoard } from './ranks.ts'

export const leaderboardWidget = defineWidget({
  title: 'Leaderboard',
  description: 'Who wrote the most in chat or spent the most channel points.',
  size: { width: 600, height: 540 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: 'Most in chat', maxLength: 40 }),
    measure: choice({
      label: 'By',
      options: { messages: 'Chat lines', points: 'Channel points spent' },
      default: 'messages',
    }),
    ...rankFields,
  },
  data: {
    today: fromState('state:audience', ({ today }) => today),
    ever: fromState('state:audience', ({ ever }) => ever),
  },
  simulate: ({ settings, second }) => {
    const board = sampleBoard(second, settings.measure === 'points' ? 250 : 1)
    return { today: board, ever: board }
  },
})
