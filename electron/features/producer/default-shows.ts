/**
 * The three shows as they are delivered. What a viewer did is an alert already (see features/alerts); here it stands on
 * the bar for a while longer. Foreground is left to what the streamer forces, and to the game.
 */
import { z } from 'zod'
import { type ContentRule, type Show, showSchema } from '../../../contracts/show.ts'

/** A subscription keeps the train going for five minutes. */
const SUB_TRAIN_MS = 300_000
const SUB_TRAIN_PRIORITY = 50
const TICKER_MS = 15_000

/** What comes by default is an alert as well, which has its sound. */
const SILENT = { sound: null, volume: 0.7 } as const

type RuleParts = Pick<ContentRule, 'id' | 'event' | 'content' | 'layer' | 'priority' | 'durationMs'>

function rule(parts: RuleParts, when: ContentRule['when'] = { kind: 'always' }): ContentRule {
  return { ...parts, when, ...SILENT }
}

function subTrain(id: string, event: string): ContentRule {
  const content = { type: 'sub-train' } as const
  return rule({ id, event, content, layer: 'midground', priority: SUB_TRAIN_PRIORITY, durationMs: SUB_TRAIN_MS })
}

function latest(id: string, event: string, priority: number, durationMs: number, when?: ContentRule['when']) {
  return rule({ id, event, content: { type: 'latest-event' }, layer: 'midground', priority, durationMs }, when)
}

/** Every show has these. Gifted subscriptions arrive one by one as well, so the gift itself is no carriage. */
const COMMON: readonly ContentRule[] = [
  subTrain('sub-train', 'twitch.channel.subscribe'),
  subTrain('resub-train', 'twitch.channel.subscription.message'),
  latest('large-cheer', 'twitch.channel.cheer', 40, 8000, { kind: 'range', field: 'bits', min: 100, max: null }),
  latest('raid', 'twitch.channel.raid', 45, 10_000),
]

const GOAL: ContentRule = rule({
  id: 'goal',
  event: 'twitch.channel.goal.progress',
  content: { type: 'stream-goals' },
  layer: 'background',
  priority: 20,
  durationMs: 10_000,
})

/** What the game did is no alert: nobody else says it. */
const RUN: readonly ContentRule[] = [
  message('checkpoint', 'ironmon.checkpoint.cleared', 'Checkpoint {index} of 23', '{leader} is beaten', 5000),
  message('run-lost', 'ironmon.run.ended', 'Attempt {attempt} is over', 'Lost at {checkpoint}', 10_000, 'lost'),
  message('run-won', 'ironmon.run.ended', 'Attempt {attempt}', 'The Champion is beaten!', 20_000, 'won'),
]

function message(id: string, event: string, title: string, text: string, durationMs: number, outcome?: string) {
  const content = { type: 'message', title, message: text, level: 'info' } as const
  const when: ContentRule['when'] | undefined = outcome
    ? { kind: 'exact', field: 'outcome', value: outcome }
    : undefined
  return rule({ id, event, content, layer: 'foreground', priority: 100, durationMs }, when)
}

export const DEFAULT_SHOWS: readonly Show[] = [
  {
    id: 'variety',
    name: 'Variety',
    theme: 'variety',
    accent: null,
    // Just Chatting
    categoryIds: ['509658'],
    categoryNames: [],
    ticker: [
      { type: 'emote-stats', weight: 1 },
      { type: 'recent-follows', weight: 1 },
      { type: 'stream-goals', weight: 1 },
      { type: 'daily-stats', weight: 1 },
    ],
    tickerMs: TICKER_MS,
    rules: [...COMMON, latest('follow', 'twitch.channel.follow', 30, 5000), GOAL],
  },
  {
    id: 'ironmon',
    name: 'IronMON',
    theme: 'ironmon',
    accent: null,
    categoryIds: ['13332'],
    categoryNames: ['pokemon fire'],
    ticker: [
      { type: 'run-statistics', weight: 1 },
      { type: 'run-progression', weight: 1 },
    ],
    tickerMs: TICKER_MS,
    rules: [...COMMON, ...RUN],
  },
  {
    id: 'coding',
    name: 'Coding',
    theme: 'coding',
    accent: null,
    // Software and Game Development
    categoryIds: ['1469308723'],
    categoryNames: ['software', 'development'],
    ticker: [
      { type: 'emote-stats', weight: 1 },
      { type: 'recent-follows', weight: 1 },
      { type: 'daily-stats', weight: 1 },
    ],
    tickerMs: TICKER_MS,
    rules: [...COMMON],
  },
]

/** What the streamer saved, over the defaults; a stored show that is no longer valid gives way, and `onFault` hears why. */
export function mergeShows(stored: unknown, onFault: (fault: string) => void): Show[] {
  const saved = (Array.isArray(stored) ? stored : []).flatMap((value) => {
    const show = showSchema.safeParse(value)
    if (!show.success) onFault(`a show: ${z.prettifyError(show.error)}`)
    return show.data ?? []
  })
  const own = new Map(saved.map((show) => [show.id, show]))
  const builtIn = DEFAULT_SHOWS.map((show) => own.get(show.id) ?? show)
  const added = saved.filter(({ id }) => !DEFAULT_SHOWS.some((show) => show.id === id))
  return [...builtIn, ...added]
}

/** Only what differs from the defaults is kept, so that better defaults reach everything else. */
export function changedShows(shows: readonly Show[]): Show[] {
  return shows.filter((show) => {
    const delivered = DEFAULT_SHOWS.find(({ id }) => id === show.id)
    return !delivered || JSON.stringify(delivered) !== JSON.stringify(show)
  })
}
