/** A content of every type, and states of the producer around them, for tests and pictures. Times are hub time, ms. */
import type { Content, ContentLayer, ContentOf, ContentType, LayerItem } from '../../contracts/content.ts'
import type { ShowTheme } from '../../contracts/show.ts'
import type { ProducerState, Takeover } from '../../contracts/state/producer.ts'

export const STARTED_AT = 1_000_000_000

const CHECKPOINTS =
  'RIVAL1 FIRSTTRAINER RIVAL2 BROCK RIVAL3 RIVAL4 MISTY SURGE RIVAL5 ROCKETHIDEOUT ERIKA KOGA RIVAL6 SILPHCO SABRINA BLAINE GIOVANNI RIVAL7 LORELAI BRUNO AGATHA LANCE CHAMP'.split(
    ' ',
  )

function emote(name: string, count: number, is_native = false) {
  return { name, emote_provider: 'twitch' as const, emote_id: null, is_native, count }
}

export const sampleContents: { readonly [T in ContentType]: ContentOf<T> } = {
  'emote-stats': {
    type: 'emote-stats',
    today: [
      emote('landalHype', 214, true),
      emote('LUL', 148),
      emote('Kappa', 96),
      emote('landalCry', 71, true),
      emote('PogChamp', 40),
      emote('HeyGuys', 12),
    ],
    all_time: [emote('LUL', 48_211), emote('Kappa', 40_988)],
  },
  'recent-follows': {
    type: 'recent-follows',
    follows: ['NightOwl_77', 'mapmaker_lu', 'haru_ch', 'QuietRain', 'second_breakfast'].map((user_name, index) => ({
      user_name,
      followed_at: STARTED_AT - index * 60_000,
    })),
  },
  'daily-stats': {
    type: 'daily-stats',
    messages: 4217,
    follows: 38,
    subscriptions: 21,
    bits: 5400,
    started_at: STARTED_AT - 3_600_000,
  },
  'stream-goals': {
    type: 'stream-goals',
    goals: [
      { type: 'subscription', description: 'Randomizer marathon', current_amount: 142, target_amount: 200 },
      { type: 'follower', description: '10k followers', current_amount: 9312, target_amount: 10_000 },
      { type: 'bits', description: 'New microphone', current_amount: 25_000, target_amount: 25_000 },
    ],
  },
  'latest-event': {
    type: 'latest-event',
    latest: { event: 'twitch.channel.subscription.gift', user_name: 'BigSpoon', tier: '1000', total: 5 },
    at: STARTED_AT,
  },
  'recent-events': {
    type: 'recent-events',
    events: [
      { did: { event: 'twitch.channel.raid', from_broadcaster_user_name: 'CaptainHaddock7', viewers: 143 }, at: 5 },
      { did: { event: 'twitch.channel.follow', user_name: 'NightOwl_77' }, at: 4 },
      { did: { event: 'twitch.channel.cheer', user_name: null, bits: 500 }, at: 3 },
      { did: { event: 'twitch.channel.subscribe', user_name: 'はる', tier: '1000', is_gift: false }, at: 2 },
    ],
  },
  'sub-train': {
    type: 'sub-train',
    count: 7,
    user_name: 'QuietRain',
    tier: '1000',
    latest_user_name: 'Juniper42',
    latest_tier: '2000',
    total_months: 61,
  },
  message: {
    type: 'message',
    title: 'Raid',
    message: 'CaptainHaddock7 is here with 143 viewers: welcome aboard!',
    level: 'info',
  },
  'run-statistics': {
    type: 'run-statistics',
    run_number: 812,
    checkpoints_cleared: 6,
    total_checkpoints: 23,
    progress_percentage: 26,
    current_checkpoint: 'MISTY',
    trainer: 'Misty',
    clear_rate: 3.4,
  },
  'run-progression': {
    type: 'run-progression',
    has_active_run: true,
    current_checkpoint: 'MISTY',
    trainer: 'Misty',
    clear_rate: 3.4,
    last_cleared_seed: 790,
    attempts_on_record: 811,
    checkpoints: CHECKPOINTS.map((name, index) => ({
      name,
      status: index < 6 ? 'cleared' : index === 6 ? 'current' : 'pending',
    })),
  },
}

export function sampleItem(content: Content, change: Partial<LayerItem> = {}): LayerItem {
  return { id: 'item-1', layer: 'background', priority: 10, startedAt: STARTED_AT, endsAt: null, content, ...change }
}

/** A state with these on their layers. */
export function sampleProducer(
  items: Partial<Record<ContentLayer, LayerItem>> = {},
  {
    theme = 'variety',
    accent = null,
    takeover = null,
  }: { theme?: ShowTheme; accent?: string | null; takeover?: Takeover | null } = {},
): ProducerState {
  return {
    show: { id: theme, name: theme, theme, accent, mode: 'auto', why: 'default', category: null },
    layers: { foreground: null, midground: null, background: null, ...items },
    ticker: { items: [], index: 0, isPaused: false },
    takeover,
    queue: [],
    goals: [],
    // Pages never read them.
    shows: [],
  }
}

export function sampleTakeover(change: Partial<Takeover> = {}): Takeover {
  return {
    id: 'takeover-1',
    type: 'technical-difficulties',
    message: 'The capture card took a nap.',
    startedAt: STARTED_AT,
    endsAt: null,
    ...change,
  }
}
