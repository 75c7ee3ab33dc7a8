import { defineWidget, fromState } from './define-widget.ts'
import { number, text, toggle } from './fields.ts'

/** In a preview the vote lasts so long, then its result is shown, s. */
const SAMPLE_S = 40
const SAMPLE_RESULT_S = 10

export const pollWidget = defineWidget({
  title: 'Poll',
  description: 'A vote of the chat or of Twitch, as it goes, and its result.',
  size: { width: 600, height: 540 },
  settings: {
    showVotes: toggle({ label: 'How many voted for each', default: true }),
    showTime: toggle({ label: 'Time that is left', default: true }),
    hint: text({
      label: 'How to vote in chat',
      hint: 'Empty: nothing is said.',
      default: 'Write the number in chat',
      maxLength: 60,
    }),
    keepSeconds: number({ label: 'Result stays', default: 30, min: 0, max: 600, unit: 'seconds' }),
  },
  data: { poll: fromState('state:poll', ({ poll }) => poll) },
  simulate: ({ second, now }) => {
    const into = second % (SAMPLE_S + SAMPLE_RESULT_S)
    const voted = Math.min(into, SAMPLE_S)
    const startedAt = now - into * 1000
    const votes = [7 + voted * 3, 4 + voted * 2, 2 + Math.floor(voted * 1.5)]
    const titles = ['Mt. Moon', 'Viridian Forest', 'Back to the Pokémon Center']
    return {
      poll: {
        id: 'preview',
        title: 'Where do we train?',
        source: 'chat' as const,
        choices: titles.map((title, at) => ({ title, votes: votes[at] ?? 0 })),
        startedAt,
        endsAt: startedAt + SAMPLE_S * 1000,
      },
    }
  },
})
