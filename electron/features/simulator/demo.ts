/**
 * A scripted broadcast of five minutes: what a good evening looks like, pressed together, with everything an overlay must
 * show and survive. Three shows follow each other as the category changes; what stands beside the pages is in demo-acts.ts. Pure: the same seed and start make the same
 * broadcast, event for event.
 */
import type { CommandArgs } from '../../../contracts/commands.ts'
import { rehearsedId } from '../../../contracts/state/rehearsal.ts'
import { CHATTER, GREETINGS, HYPE, pickViewer, VIEWERS, type Viewer } from './cast.ts'
import { ironmonRun } from './demo-run.ts'
import { fromBroadcasterFields, userFields } from './maker.ts'
import { makePayload } from './payloads.ts'
import type { ReelEvent } from './reel.ts'
import { Stage } from './stage.ts'

export const DEMO_DURATION_MS = 300_000

const GIVEAWAY_WORD = '!keyboard'

/** The broadcast for `seed`; its payloads tell times from `startAt`, ms epoch. In order of `atMs`. */
export function demoScript(seed: number, startAt: number): ReelEvent[] {
  const stage = new Stage(seed, startAt)
  opening(stage)
  supporters(stage)
  goal(stage)
  poll(stage)
  giftBomb(stage)
  raid(stage)
  prediction(stage)
  hypeTrain(stage)
  ironmonRun(stage)
  adBreak(stage)
  giveaway(stage)
  ending(stage)
  speech(stage)
  chatter(stage)
  return stage.script()
}

type DemoCommandName =
  | 'takeover.show'
  | 'content.override'
  | 'content.force'
  | 'ticker.next'
  | 'sub-train.end'
  | 'status.bar.set'
  | 'status.text.set'
  | 'now-playing.set'
  | 'now-playing.clear'
  | 'coding.set'
  | 'coding.session.start'
  | 'coding.session.stop'
  | 'timer.start'
  | 'giveaway.open'
  | 'giveaway.close'
  | 'giveaway.draw'
  | 'giveaway.clear'
  | 'emote-rain.burst'

/** What the streamer does meanwhile, by hand. Each is over by itself, or taken back before the end. */
export type DemoCommand =
  | { [N in DemoCommandName]: { atMs: number; name: N; args: CommandArgs<N> } }[DemoCommandName]
  /** Of the newest chat message of the run, whose place in the log nobody knows before. */
  | { atMs: number; name: 'chat.highlight'; args: Omit<CommandArgs<'chat.highlight'>, 'seq'> }

/** The ticker's turns are too long for an evening of five minutes: so it is moved on by hand while nothing else has the bar. */
const TICKER_TURNS_S = [
  ...[16, 21, 26, 65, 70, 75, 80],
  ...[134, 141, 148, 164, 172, 186, 212, 230],
  ...[251, 265, 269],
  ...[290, 293, 296, 298],
] as const

/** And a sub train goes when it has been seen. */
const TRAIN_ENDS_S = [56, 103, 128, 205, 281] as const

export const demoCommands: readonly DemoCommand[] = [
  {
    atMs: 1000,
    name: 'takeover.show',
    args: { type: 'custom', message: 'The coffee is almost ready', durationMs: 6000 },
  },
  { atMs: 1000, name: 'status.bar.set', args: { mode: 'preshow', text: 'Starting soon', position: 'top' } },
  { atMs: 15_500, name: 'status.bar.set', args: { mode: 'soapbox', text: null, position: 'top' } },
  { atMs: 18_000, name: 'now-playing.set', args: track('Night Train to Celadon', 'The Metronomes', 115_000) },
  {
    atMs: 38_000,
    name: 'status.text.set',
    args: { text: 'New overlay tonight: tell me what you think!', position: 'bottom' },
  },
  { atMs: 50_000, name: 'status.text.set', args: { isVisible: false } },
  { atMs: 78_000, name: 'chat.highlight', args: { durationMs: 9000 } },
  { atMs: 83_000, name: 'content.force', args: { type: 'recent-events', layer: 'midground', durationMs: 6000 } },
  { atMs: 102_500, name: 'status.bar.set', args: { mode: 'game', text: null, position: 'top' } },
  { atMs: 112_000, name: 'emote-rain.burst', args: { count: 40 } },
  { atMs: 139_000, name: 'now-playing.set', args: track('Rain on Route 4', 'Misty & the Staryus', 150_000) },
  { atMs: 156_000, name: 'status.bar.set', args: { isVisible: false } },
  {
    atMs: 166_000,
    name: 'takeover.show',
    args: { type: 'technical-difficulties', message: 'The capture card needs a moment', durationMs: 5000 },
  },
  { atMs: 182_000, name: 'timer.start', args: { widget: rehearsedId('timer') } },
  { atMs: 193_000, name: 'content.force', args: { type: 'recent-events', layer: 'foreground', durationMs: 6000 } },
  { atMs: 214_500, name: 'status.bar.set', args: { mode: 'break', text: null, position: 'top', isVisible: true } },
  {
    atMs: 216_000,
    name: 'takeover.show',
    args: { type: 'please-stand-by', message: 'Back in a moment', durationMs: 7000 },
  },
  { atMs: 223_500, name: 'status.bar.set', args: { isVisible: false } },
  { atMs: 237_000, name: 'coding.session.start', args: {} },
  {
    atMs: 237_500,
    name: 'coding.set',
    args: { task: 'Emotes that fall like rain', topic: 'Overlays', status: 'two tests are red' },
  },
  { atMs: 239_000, name: 'giveaway.open', args: { title: 'A mechanical keyboard', keyword: GIVEAWAY_WORD } },
  { atMs: 250_000, name: 'giveaway.close', args: {} },
  { atMs: 252_000, name: 'giveaway.draw', args: {} },
  {
    atMs: 256_000,
    name: 'content.override',
    args: { title: 'Tomorrow', message: 'We start at seven: the new overlay goes live', durationMs: 7000 },
  },
  { atMs: 260_000, name: 'giveaway.clear', args: {} },
  { atMs: 264_000, name: 'coding.set', args: { status: 'all tests are green' } },
  { atMs: 266_000, name: 'takeover.show', args: { type: 'screen-cover', durationMs: 3500 } },
  { atMs: 281_500, name: 'coding.session.stop', args: {} },
  { atMs: 281_600, name: 'coding.set', args: { task: null, topic: null, status: null } },
  { atMs: 283_000, name: 'now-playing.clear', args: {} },
  { atMs: 284_500, name: 'content.force', args: { type: 'recent-events', layer: 'midground', durationMs: 5000 } },
  { atMs: 285_000, name: 'status.bar.set', args: { mode: 'outro', text: 'Thank you for being here', position: 'top' } },
  { atMs: 287_000, name: 'emote-rain.burst', args: { count: 60 } },
  { atMs: 297_500, name: 'status.bar.set', args: { isVisible: false } },
  ...TICKER_TURNS_S.map((at): DemoCommand => ({ atMs: at * 1000, name: 'ticker.next', args: {} })),
  ...TRAIN_ENDS_S.map((at): DemoCommand => ({ atMs: at * 1000, name: 'sub-train.end', args: {} })),
]

function track(title: string, artist: string, durationMs: number): CommandArgs<'now-playing.set'> {
  return { title, artist, album: null, source: 'Radio', durationMs, positionMs: 0, isPlaying: true }
}

const CHATTING = '509658'
const FIRERED = '13332'
const CODING = '1469308723'

const second = 1000

function opening(stage: Stage): void {
  stage.scene(0, 'Starting Soon')
  stage.add(1 * second, 'twitch.stream.online')
  stage.category(2 * second, CHATTING)
  for (let n = 0; n < 6; n++) stage.chat((3 + n * 1.5) * second, pickViewer(stage.random), stage.random.pick(GREETINGS))
  stage.add(9 * second, 'twitch.channel.follow', userFields(known(0)))
  stage.scene(8 * second, 'Just Chatting')
  stage.category(104 * second, FIRERED)
  stage.scene(105 * second, 'Gameplay')
}

/** Of the cast, so that nobody follows twice. */
function known(place: number): Viewer {
  return VIEWERS[place] ?? VIEWERS[0]
}

/** A few at a time, so that each is seen before the next. */
function supporters(stage: Stage): void {
  for (const [index, at] of [24, 47, 63, 186, 257].entries()) {
    stage.add(at * second, 'twitch.channel.follow', userFields(known([1, 18, 6, 21, 10][index] ?? 0)))
  }
  stage.add(30 * second, 'twitch.channel.subscribe', { tier: '1000', ...userFields(known(7)) })
  stage.add(40 * second, 'twitch.channel.cheer', { bits: 100, ...userFields(known(11)) })
  stage.add(50 * second, 'twitch.channel.subscription.message', {
    ...{ tier: '1000', cumulative_months: 14, message: 'Another month, another lost run. Worth it.' },
    ...userFields(known(2)),
  })
  stage.add(67 * second, 'twitch.channel.channel_points_custom_reward_redemption.add', userFields(known(13)))
  stage.add(190 * second, 'twitch.channel.subscribe', { tier: '3000', ...userFields(known(4)) })
  stage.add(198 * second, 'twitch.channel.cheer', { bits: 300, message: '', ...userFields(known(2)) })
  stage.add(240 * second, 'twitch.channel.cheer', {
    is_anonymous: true,
    user_id: null,
    user_login: null,
    user_name: null,
    bits: 500,
  })
  stage.add(247 * second, 'twitch.channel.charity_campaign.donate', userFields(known(12)))
  stage.add(248 * second, 'twitch.channel.charity_campaign.progress')
  stage.add(270 * second, 'twitch.channel.subscription.message', {
    message: 'still here, still lurking avalonLOVE',
    ...userFields(known(9)),
  })
  stage.add(289 * second, 'twitch.channel.channel_points_custom_reward_redemption.add', userFields(known(19)))
}

/** One goal from begin to end, that the last follower of it reaches. */
function goal(stage: Stage): void {
  const { id, started_at, ...rest } = makePayload('twitch.channel.goal.begin', stage.maker(10 * second))
  const at = (current_amount: number) => ({ ...rest, id, started_at, current_amount })
  stage.add(10 * second, 'twitch.channel.goal.begin', at(487))
  for (const [index, seconds] of [25, 48, 64, 117, 187].entries()) {
    stage.add(seconds * second, 'twitch.channel.goal.progress', at(489 + index * 2))
  }
  stage.add(258 * second, 'twitch.channel.goal.end', at(500))
}

/** The parts of one gift come in any order: two subscriptions before the announcement, the rest after it. */
function giftBomb(stage: Stage): void {
  const at = 88 * second
  const total = 10
  stage.add(at, 'twitch.channel.subscription.gift', { tier: '1000', total, ...userFields(known(14)) })
  for (let n = 0; n < total; n++) {
    const gifted = { tier: '1000', is_gift: true } as const
    stage.add(at + (n - 2) * 120 + 60, 'twitch.channel.subscribe', {
      ...gifted,
      ...userFields(known(n)),
    })
  }
}

/** The raid lands while a subscription is on screen: the overlay must let it through and come back. */
function raid(stage: Stage): void {
  const at = 110 * second
  const raider = known(5)
  stage.add(at - 2 * second, 'twitch.channel.subscribe', { tier: '2000', ...userFields(known(3)) })
  stage.add(at, 'twitch.channel.raid', { ...fromBroadcasterFields(raider), viewers: 243 })
  for (let n = 0; n < 40; n++) stage.chat(at + 1000 + n * 150, pickViewer(stage.random), stage.random.pick(HYPE))
  for (let n = 0; n < 2; n++) stage.add(at + 3000 + n * 700, 'twitch.channel.follow', userFields(known(22 + n)))
  stage.add(at + 12 * second, 'twitch.channel.shoutout.create')
}

function hypeTrain(stage: Stage): void {
  const begin = stage.random.uuid()
  const started_at = stage.maker(126 * second).now
  const same = { id: begin, started_at }
  stage.add(126 * second, 'twitch.channel.hype_train.begin', { ...same, level: 1 })
  stage.add(131 * second, 'twitch.channel.cheer', { bits: 1000, ...userFields(known(8)) })
  stage.add(132 * second, 'twitch.channel.hype_train.progress', { ...same, level: 2 })
  stage.add(147 * second, 'twitch.channel.hype_train.progress', { ...same, level: 3 })
  stage.add(160 * second, 'twitch.channel.hype_train.end', { ...same, level: 3 })
}

/** One poll from begin to end: the same id, the same choices, votes that only rise. */
function poll(stage: Stage): void {
  const first = makePayload('twitch.channel.poll.begin', stage.maker(57 * second))
  const ends_at = stage.maker(72 * second).now
  const voted = (share: number) => ({
    id: first.id,
    started_at: first.started_at,
    choices: first.choices.map((choice, n) => ({ ...choice, votes: Math.round(share * (31 + 26 * n)) })),
  })
  stage.add(57 * second, 'twitch.channel.poll.begin', { ...first, ends_at })
  for (const [index, share] of [0.1, 0.3, 0.5, 0.7, 0.85].entries()) {
    stage.add((59.5 + index * 2.5) * second, 'twitch.channel.poll.progress', { ...voted(share), ends_at })
  }
  stage.add(72 * second, 'twitch.channel.poll.end', voted(1))
}

/** Points rise until it is locked; the run's end settles it. */
function prediction(stage: Stage): void {
  const first = makePayload('twitch.channel.prediction.begin', stage.maker(144 * second))
  const { id, started_at, locks_at, outcomes, prediction_window } = first
  const title = 'Does this run get past Misty?'
  const staked = (share: number) => ({
    id,
    started_at,
    title,
    prediction_window,
    outcomes: outcomes.map((outcome, n) => {
      const users = Math.round(share * (41 - 13 * n))
      return { ...outcome, users, channel_points: users * 250 }
    }),
  })
  stage.add(144 * second, 'twitch.channel.prediction.begin', { ...first, title })
  stage.add(152 * second, 'twitch.channel.prediction.progress', { ...staked(0.4), locks_at })
  stage.add(160 * second, 'twitch.channel.prediction.progress', { ...staked(0.9), locks_at })
  stage.add(173 * second, 'twitch.channel.prediction.lock', staked(1))
  const winning_outcome_id = outcomes[1]?.id ?? null
  stage.add(205 * second, 'twitch.channel.prediction.end', { ...staked(1), winning_outcome_id })
}

function adBreak(stage: Stage): void {
  stage.add(213 * second, 'twitch.channel.ad_break.begin', { duration_seconds: 30 })
  stage.scene(214 * second, 'Be Right Back')
  stage.scene(223 * second, 'Gameplay')
}

/** Viewers come in while it is open, each once; who writes twice is in it once. */
function giveaway(stage: Stage): void {
  for (let n = 0; n < 18; n++) stage.chat((240.2 + n * 0.5) * second, pickViewer(stage.random), GIVEAWAY_WORD)
}

function ending(stage: Stage): void {
  stage.category(236 * second, CODING)
  stage.scene(236 * second, 'Code')
  stage.category(282 * second, CHATTING)
  stage.scene(283 * second, 'Just Chatting')
  stage.scene(294 * second, 'Ending')
  stage.add(298 * second, 'twitch.stream.offline')
}

/** What the streamer says, for the captions. */
const SPEECH: readonly (readonly [number, string])[] = [
  [22, 'Good evening! Get comfortable, we have a long run ahead of us.'],
  [53, 'Tell me what you think of the new overlay, it is its first night.'],
  [90, 'Ten subs at once? You are far too kind.'],
  [113, 'Welcome in, everyone who came with the raid! We are just at the first rival.'],
  [146, 'Put your points in now, it gets locked in a moment.'],
  [158, 'A Dragonite. At level eleven. And we won. I need to sit down.'],
  [184, 'Brock is done! That is further than the last forty attempts.'],
  [209, 'A Mewtwo. Of course it is a Mewtwo. Well, that was that.'],
  [225, 'New seed, new luck.'],
  [242, 'While the next run loads: emotes that fall like rain. How hard can it be?'],
  [286, 'Thank you all for being here, see you tomorrow at seven.'],
]

function speech(stage: Stage): void {
  for (const [at, text] of SPEECH) stage.add(at * second, 'transcription.line.heard', { text })
}

/** Worth showing to all; the streamer does so at once. */
const SHOWN_MESSAGE = 'I have been stuck on this boss for two weeks, watching you do it first try hurts PogChamp'
const SHOWN_AT_MS = 77_500

/** A message every second or so, from the first scene to the last. */
function chatter(stage: Stage): void {
  stage.chat(SHOWN_AT_MS, known(4), SHOWN_MESSAGE)
  let at = 12 * second
  while (at < 295 * second) {
    const isBetween = at >= SHOWN_AT_MS && at < SHOWN_AT_MS + second
    if (!isBetween) stage.chat(at, pickViewer(stage.random), stage.random.pick(CHATTER))
    at += stage.random.int(300, 2200)
  }
}
