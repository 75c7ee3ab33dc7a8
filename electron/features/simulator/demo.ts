/**
 * A scripted broadcast of five minutes: what a good evening looks like, pressed together, with everything an overlay must
 * show and survive. Three shows follow each other as the category changes. Pure: the same seed and start make the same
 * broadcast, event for event.
 */
import type { CommandArgs } from '../../../contracts/commands.ts'
import { CHATTER, GREETINGS, HYPE, pickViewer, VIEWERS } from './cast.ts'
import { ironmonRun } from './demo-run.ts'
import { fromBroadcasterFields, userFields } from './maker.ts'
import { makePayload } from './payloads.ts'
import type { ReelEvent } from './reel.ts'
import { Stage } from './stage.ts'

export const DEMO_DURATION_MS = 300_000

/** The broadcast for `seed`; its payloads tell times from `startAt`, ms epoch. In order of `atMs`. */
export function demoScript(seed: number, startAt: number): ReelEvent[] {
  const stage = new Stage(seed, startAt)
  opening(stage)
  supporters(stage)
  goal(stage)
  giftBomb(stage)
  raid(stage)
  hypeTrain(stage)
  poll(stage)
  prediction(stage)
  ironmonRun(stage)
  adBreak(stage)
  ending(stage)
  speech(stage)
  chatter(stage)
  return stage.script()
}

type DemoCommandName =
  | 'takeover.show'
  | 'content.override'
  | 'status.bar.set'
  | 'status.text.set'
  | 'now-playing.set'
  | 'now-playing.clear'
  | 'coding.set'
  | 'coding.session.start'
  | 'coding.session.stop'
  | 'emote-rain.burst'

/** What the streamer does meanwhile, by hand. Each is over by itself, or taken back before the end. */
export type DemoCommand =
  | { [N in DemoCommandName]: { atMs: number; name: N; args: CommandArgs<N> } }[DemoCommandName]
  /** Of the newest chat message of the run, whose place in the log nobody knows before. */
  | { atMs: number; name: 'chat.highlight'; args: Omit<CommandArgs<'chat.highlight'>, 'seq'> }

export const demoCommands: readonly DemoCommand[] = [
  { atMs: 1000, name: 'status.bar.set', args: { mode: 'preshow', text: 'Starting soon' } },
  { atMs: 15_500, name: 'status.bar.set', args: { mode: 'soapbox', text: null } },
  { atMs: 18_000, name: 'now-playing.set', args: track('Night Train to Celadon', 'The Metronomes', 115_000) },
  { atMs: 36_000, name: 'status.text.set', args: { text: 'New overlay tonight: tell me what you think!' } },
  { atMs: 62_000, name: 'status.text.set', args: { isVisible: false } },
  { atMs: 68_000, name: 'chat.highlight', args: { durationMs: 9000 } },
  { atMs: 96_500, name: 'status.bar.set', args: { mode: 'game', text: null } },
  { atMs: 106_000, name: 'emote-rain.burst', args: { count: 40 } },
  { atMs: 133_000, name: 'now-playing.set', args: track('Rain on Route 4', 'Misty & the Staryus', 150_000) },
  { atMs: 211_500, name: 'status.bar.set', args: { mode: 'break', text: null } },
  {
    atMs: 213_000,
    name: 'takeover.show',
    args: { type: 'please-stand-by', message: 'Back in half a minute', durationMs: 12_000 },
  },
  { atMs: 228_500, name: 'status.bar.set', args: { mode: 'game', text: null } },
  { atMs: 251_000, name: 'coding.session.start', args: {} },
  {
    atMs: 251_500,
    name: 'coding.set',
    args: { task: 'Emotes that fall like rain', topic: 'Overlays', status: 'two tests are red' },
  },
  {
    atMs: 262_000,
    name: 'content.override',
    args: { title: 'Tomorrow', message: 'We start at seven: the new overlay goes live', durationMs: 12_000 },
  },
  { atMs: 270_000, name: 'coding.set', args: { status: 'all tests are green' } },
  { atMs: 279_500, name: 'coding.session.stop', args: {} },
  { atMs: 279_600, name: 'coding.set', args: { task: null, topic: null, status: null } },
  { atMs: 283_000, name: 'now-playing.clear', args: {} },
  { atMs: 288_000, name: 'status.bar.set', args: { mode: 'outro', text: 'Thank you for being here' } },
  { atMs: 297_500, name: 'status.bar.set', args: { isVisible: false } },
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
  stage.add(5 * second, 'twitch.channel.follow', userFields(VIEWERS[0]))
  stage.scene(15 * second, 'Just Chatting')
  stage.category(94 * second, FIRERED)
  stage.scene(96 * second, 'Gameplay')
}

function supporters(stage: Stage): void {
  for (const at of [24, 47, 88, 137, 186, 231, 262]) stage.add(at * second, 'twitch.channel.follow')
  stage.add(30 * second, 'twitch.channel.subscribe', { tier: '1000' })
  stage.add(42 * second, 'twitch.channel.cheer', { bits: 100 })
  stage.add(55 * second, 'twitch.channel.subscription.message')
  stage.add(66 * second, 'twitch.channel.channel_points_custom_reward_redemption.add')
  stage.add(178 * second, 'twitch.channel.cheer', {
    is_anonymous: true,
    user_id: null,
    user_login: null,
    user_name: null,
    bits: 500,
  })
  stage.add(193 * second, 'twitch.channel.charity_campaign.donate')
  stage.add(194 * second, 'twitch.channel.charity_campaign.progress')
  stage.add(204 * second, 'twitch.channel.subscribe', { tier: '3000' })
  stage.add(258 * second, 'twitch.channel.channel_points_custom_reward_redemption.add')
  stage.add(270 * second, 'twitch.channel.subscription.message')
}

/** One goal from begin to end, that the last follower of it reaches. */
function goal(stage: Stage): void {
  const { id, started_at, ...rest } = makePayload('twitch.channel.goal.begin', stage.maker(20 * second))
  const at = (current_amount: number) => ({ ...rest, id, started_at, current_amount })
  stage.add(20 * second, 'twitch.channel.goal.begin', at(487))
  for (const [index, seconds] of [25, 48, 89, 138, 187, 232].entries()) {
    stage.add(seconds * second, 'twitch.channel.goal.progress', at(489 + index * 2))
  }
  stage.add(254 * second, 'twitch.channel.goal.end', at(500))
}

/** The parts of one gift come in any order: two subscriptions before the announcement, the rest after it. */
function giftBomb(stage: Stage): void {
  const at = 76 * second
  const total = 10
  stage.add(at, 'twitch.channel.subscription.gift', { tier: '1000', total })
  for (let n = 0; n < total; n++) {
    const gifted = { tier: '1000', is_gift: true } as const
    stage.add(at + (n - 2) * 120 + 60, 'twitch.channel.subscribe', {
      ...gifted,
      ...userFields(VIEWERS[n] ?? VIEWERS[0]),
    })
  }
}

/** The raid lands while a subscription is on screen: the overlay must let it through and come back. */
function raid(stage: Stage): void {
  const at = 102 * second
  const raider = VIEWERS[5] ?? VIEWERS[0]
  stage.add(at - 2 * second, 'twitch.channel.subscribe', { tier: '2000' })
  stage.add(at, 'twitch.channel.raid', { ...fromBroadcasterFields(raider), viewers: 243 })
  for (let n = 0; n < 40; n++) stage.chat(at + 1000 + n * 150, pickViewer(stage.random), stage.random.pick(HYPE))
  for (let n = 0; n < 5; n++) stage.add(at + 3000 + n * 700, 'twitch.channel.follow')
  stage.add(at + 12 * second, 'twitch.channel.shoutout.create')
}

function hypeTrain(stage: Stage): void {
  const begin = stage.random.uuid()
  const started_at = stage.maker(120 * second).now
  const same = { id: begin, started_at }
  stage.add(120 * second, 'twitch.channel.hype_train.begin', { ...same, level: 1 })
  stage.add(125 * second, 'twitch.channel.cheer', { bits: 1000 })
  stage.add(126 * second, 'twitch.channel.hype_train.progress', { ...same, level: 2 })
  stage.add(140 * second, 'twitch.channel.subscription.gift', { tier: '1000', total: 1 })
  stage.add(140.2 * second, 'twitch.channel.subscribe', { tier: '1000', is_gift: true })
  stage.add(141 * second, 'twitch.channel.hype_train.progress', { ...same, level: 3 })
  stage.add(168 * second, 'twitch.channel.hype_train.end', { ...same, level: 3 })
}

/** One poll from begin to end: the same id, the same choices, votes that only rise. */
function poll(stage: Stage): void {
  const first = makePayload('twitch.channel.poll.begin', stage.maker(150 * second))
  const voted = (share: number) => ({
    id: first.id,
    started_at: first.started_at,
    choices: first.choices.map((choice, n) => ({ ...choice, votes: Math.round(share * (31 + 26 * n)) })),
  })
  stage.add(150 * second, 'twitch.channel.poll.begin', first)
  stage.add(157 * second, 'twitch.channel.poll.progress', { ...voted(0.3), ends_at: first.ends_at })
  stage.add(164 * second, 'twitch.channel.poll.progress', { ...voted(0.8), ends_at: first.ends_at })
  stage.add(172 * second, 'twitch.channel.poll.end', voted(1))
}

/** Points rise until it is locked; the run's end settles it. */
function prediction(stage: Stage): void {
  const first = makePayload('twitch.channel.prediction.begin', stage.maker(108 * second))
  const { id, started_at, locks_at, title, outcomes, prediction_window } = first
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
  stage.add(108 * second, 'twitch.channel.prediction.begin', first)
  stage.add(118 * second, 'twitch.channel.prediction.progress', { ...staked(0.4), locks_at })
  stage.add(130 * second, 'twitch.channel.prediction.progress', { ...staked(0.9), locks_at })
  stage.add(136 * second, 'twitch.channel.prediction.lock', staked(1))
  const winning_outcome_id = outcomes[1]?.id ?? null
  stage.add(207 * second, 'twitch.channel.prediction.end', { ...staked(1), winning_outcome_id })
}

function adBreak(stage: Stage): void {
  stage.add(210 * second, 'twitch.channel.ad_break.begin', { duration_seconds: 30 })
  stage.scene(211 * second, 'Be Right Back')
  stage.scene(228 * second, 'Gameplay')
}

function ending(stage: Stage): void {
  stage.category(250 * second, CODING)
  stage.category(279 * second, CHATTING)
  stage.scene(280 * second, 'Just Chatting')
  stage.scene(290 * second, 'Ending')
  stage.add(298 * second, 'twitch.stream.offline')
}

/** What the streamer says, for the captions. */
const SPEECH: readonly (readonly [number, string])[] = [
  [22, 'Good evening! Get comfortable, we have a long run ahead of us.'],
  [58, 'Tell me what you think of the new overlay, it is its first night.'],
  [80, 'Ten subs at once? You are far too kind.'],
  [105, 'Welcome in, everyone who came with the raid! We are just at the first rival.'],
  [130, 'Put your points in now, it gets locked in a moment.'],
  [152, 'A Dragonite. At level eleven. And we won. I need to sit down.'],
  [178, 'Brock is done! That is further than the last forty attempts.'],
  [204, 'A Mewtwo. Of course it is a Mewtwo. Well, that was that.'],
  [236, 'New seed, new luck.'],
  [257, 'While the next run loads: emotes that fall like rain. How hard can it be?'],
  [284, 'Thank you all for being here, see you tomorrow at seven.'],
]

function speech(stage: Stage): void {
  for (const [at, text] of SPEECH) stage.add(at * second, 'transcription.line.heard', { text })
}

/** A message every second or so, from the first scene to the last. */
function chatter(stage: Stage): void {
  let at = 16 * second
  while (at < 295 * second) {
    stage.chat(at, pickViewer(stage.random), stage.random.pick(CHATTER))
    at += stage.random.int(300, 2200)
  }
}
