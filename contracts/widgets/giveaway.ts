import { defineWidget, fromState } from './define-widget.ts'
import { number, text, toggle } from './fields.ts'

/** In a preview a winner is drawn after so long, s. */
const SAMPLE_OPEN_S = 10
const SAMPLE_S = 20

export const giveawayWidget = defineWidget({
  title: 'Giveaway',
  description: 'What can be won and how to take part, then who has won.',
  size: { width: 600, height: 300 },
  settings: {
    howTo: text({
      label: 'How to take part',
      hint: '{keyword} stands for what must be written.',
      default: 'Write {keyword} in chat',
      maxLength: 60,
    }),
    showEntries: toggle({ label: 'How many take part', default: true }),
    wonWord: text({ label: 'Above the winner', default: 'Winner', maxLength: 30 }),
    keepSeconds: number({
      label: 'Winner stays',
      hint: '0: until it is taken away.',
      default: 0,
      min: 0,
      max: 3600,
      unit: 'seconds',
    }),
  },
  data: { giveaway: fromState('state:giveaway', ({ giveaway }) => giveaway) },
  simulate: ({ second, now }) => {
    const into = second % SAMPLE_S
    const isDrawn = into >= SAMPLE_OPEN_S
    return {
      giveaway: {
        id: 'preview',
        title: 'A mechanical keyboard',
        keyword: '!win',
        status: isDrawn ? ('closed' as const) : ('open' as const),
        entries: 84 + Math.min(into, SAMPLE_OPEN_S) * 3,
        openedAt: now - into * 1000,
        winners: isDrawn ? [{ user_name: 'Mira_Plays', at: now - (into - SAMPLE_OPEN_S) * 1000 }] : [],
      },
    }
  },
})
