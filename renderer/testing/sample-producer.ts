/** The producer's state as a real evening has it, for tests and for the design bench. */
import type { Show } from '../../contracts/show.ts'
import type { ProducerState } from '../../contracts/state/producer.ts'

function show(id: string, name: string, theme: Show['theme']): Show {
  return { id, name, theme, accent: null, categoryIds: [], categoryNames: [], ticker: [], tickerMs: 15_000, rules: [] }
}

export function sampleProducer(now: number): ProducerState {
  const goal = { type: 'follow', description: 'Two thousand follows', current_amount: 1874, target_amount: 2000 }
  return {
    show: {
      id: 'variety',
      name: 'Variety',
      theme: 'variety',
      accent: null,
      mode: 'auto',
      why: 'category-id',
      category: { id: '509658', name: 'Just Chatting' },
    },
    layers: {
      foreground: null,
      midground: {
        id: 'train',
        layer: 'midground',
        priority: 50,
        startedAt: now - 70_000,
        endsAt: now + 240_000,
        content: {
          type: 'sub-train',
          count: 3,
          user_name: 'Mira_Plays',
          tier: '1000',
          latest_user_name: 'はる',
          latest_tier: '1000',
          total_months: 14,
        },
      },
      background: {
        id: 'ticker:7',
        layer: 'background',
        priority: 10,
        startedAt: now - 4000,
        endsAt: now + 11_000,
        content: { type: 'stream-goals', goals: [goal] },
      },
    },
    ticker: { items: ['emote-stats', 'recent-follows', 'stream-goals', 'daily-stats'], index: 2, isPaused: false },
    takeover: null,
    queue: [
      {
        id: 'cheer',
        type: 'latest-event',
        layer: 'midground',
        priority: 40,
        startedAt: now - 2000,
        endsAt: now + 6000,
      },
    ],
    goals: [goal],
    shows: [
      show('variety', 'Variety', 'variety'),
      show('ironmon', 'IronMON', 'ironmon'),
      show('coding', 'Coding', 'coding'),
    ],
  }
}
