import { defineWidget, fromState } from './define-widget.ts'
import { number, text, toggle } from './fields.ts'

export const goalsWidget = defineWidget({
  title: 'Goals',
  description: 'How far the channel is on the way to each of its goals.',
  size: { width: 600, height: 420 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: 'Goals', maxLength: 40 }),
    most: number({ label: 'Goals at once', default: 3, min: 1, max: 6 }),
    showReached: toggle({ label: 'Goals that are reached stay', default: true }),
    showFigures: toggle({ label: 'Figures beside the track', default: true }),
  },
  data: { goals: fromState('state:producer', ({ goals }) => goals) },
  simulate: ({ second }) => ({
    goals: [
      { type: 'follow', description: 'Followers', current_amount: 940 + (second % 90), target_amount: 1000 },
      { type: 'subscription', description: 'Subscribers for a night run', current_amount: 31, target_amount: 50 },
      { type: 'new_bit', description: 'Bits for a new controller', current_amount: 2600, target_amount: 2500 },
    ],
  }),
})
