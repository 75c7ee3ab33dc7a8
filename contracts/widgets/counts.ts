import { defineWidget, fromState } from './define-widget.ts'
import { text, toggle } from './fields.ts'

export const countsWidget = defineWidget({
  title: 'Viewers and followers',
  description: 'How many are watching, and how many follow the channel.',
  size: { width: 480, height: 132 },
  settings: {
    viewers: toggle({ label: 'Viewers', default: true }),
    viewersWord: text({ label: 'Word for viewers', default: 'watching', maxLength: 20 }),
    followers: toggle({ label: 'Followers', default: true }),
    followersWord: text({ label: 'Word for followers', default: 'followers', maxLength: 20 }),
  },
  data: {
    viewers: fromState('state:audience', ({ viewers }) => viewers),
    followers: fromState('state:audience', ({ followers }) => followers),
  },
  simulate: ({ second }) => ({
    viewers: 143 + Math.round(12 * Math.sin(second / 7)),
    followers: 1204 + Math.floor(second / 6),
  }),
})
