/**
 * Any event as a line: who (if anybody), what, and their own words. A type without an entry still reads: its name in
 * words, its fields on demand. Reads fields carefully, because the log also holds what older versions wrote. Pure.
 */
import type { StoredEnvelope } from '../../../contracts/envelope.ts'
import { count, counted, shortDuration } from '../../state/format.ts'

export interface EventWords {
  who: string | null
  what: string
  /** What somebody wrote. */
  said: string | null
  /** How it is marked: a shape and a colour in the list. */
  mark: 'chat' | 'support' | 'show' | 'bad' | 'plain'
}

type Payload = Record<string, unknown>
type Wording = (payload: Payload) => Omit<EventWords, 'mark'> & { mark?: EventWords['mark'] }

export function wordsOf(event: StoredEnvelope): EventWords {
  const words = table[event.type]
  if (words) return { mark: markOf(event.type), ...words(event.payload) }
  return { who: text(event.payload, 'user_name'), what: nameInWords(event.type), said: null, mark: markOf(event.type) }
}

const table: Record<string, Wording> = {
  'twitch.channel.chat.message': (p) => ({ who: name(p), what: '', said: text(p, 'message'), mark: 'chat' }),
  'twitch.channel.chat.notification': (p) => ({
    who: name(p),
    what: text(p, 'system_message') ?? 'sent a notice',
    said: text(p, 'message'),
    mark: 'chat',
  }),
  'twitch.channel.chat.clear': () => ({ who: null, what: 'Chat was cleared', said: null }),
  'twitch.channel.chat.message_delete': (p) => ({
    who: text(p, 'target_user_name'),
    what: 'had a message deleted',
    said: null,
  }),
  'twitch.channel.chat.clear_user_messages': (p) => ({
    who: text(p, 'target_user_name'),
    what: 'had all messages removed',
    said: null,
  }),
  'transcription.line.heard': (p) => ({ who: null, what: 'You said', said: text(p, 'text') }),
  'twitch.channel.follow': (p) => ({ who: name(p), what: 'followed', said: null }),
  'twitch.channel.subscribe': (p) => ({
    who: name(p),
    what: p.is_gift === true ? `got a gifted sub, ${tier(p)}` : `subscribed at ${tier(p)}`,
    said: null,
  }),
  'twitch.channel.subscription.end': (p) => ({ who: name(p), what: 'let the subscription end', said: null }),
  'twitch.channel.subscription.message': (p) => ({
    who: name(p),
    what: `resubscribed for ${counted(number(p, 'cumulative_months'), 'month')} at ${tier(p)}`,
    said: text(p, 'message'),
  }),
  'twitch.channel.subscription.gift': (p) => ({
    who: name(p),
    what: `gifted ${counted(number(p, 'total'), 'sub')}, ${tier(p)}`,
    said: null,
  }),
  'twitch.channel.cheer': (p) => ({
    who: name(p),
    what: `cheered ${counted(number(p, 'bits'), 'bit')}`,
    said: text(p, 'message'),
  }),
  'twitch.channel.raid': (p) => ({
    who: text(p, 'from_broadcaster_user_name') ?? name(p),
    what: `raided with ${counted(number(p, 'viewers'), 'viewer')}`,
    said: null,
  }),
  'twitch.channel.channel_points_custom_reward_redemption.add': (p) => ({
    who: name(p),
    what: `redeemed ${reward(p)}`,
    said: text(p, 'user_input'),
  }),
  'twitch.channel.charity_campaign.donate': (p) => ({ who: name(p), what: `donated ${money(p)}`, said: null }),
  'twitch.channel.hype_train.begin': (p) => ({
    who: null,
    what: `Hype train started at level ${number(p, 'level')}`,
    said: null,
  }),
  'twitch.channel.hype_train.progress': (p) => ({
    who: null,
    what: `Hype train level ${number(p, 'level')}: ${number(p, 'progress')} of ${number(p, 'goal')}`,
    said: null,
  }),
  'twitch.channel.hype_train.end': (p) => ({
    who: null,
    what: `Hype train ended at level ${number(p, 'level')}`,
    said: null,
  }),
  'twitch.channel.shoutout.receive': (p) => ({
    who: text(p, 'from_broadcaster_user_name') ?? name(p),
    what: 'gave you a shoutout',
    said: null,
  }),
  'twitch.channel.update': (p) => ({
    who: null,
    what: `Now “${text(p, 'title') ?? ''}” in ${text(p, 'category_name') ?? 'no category'}`,
    said: null,
  }),
  'twitch.channel.ad_break.begin': (p) => ({
    who: null,
    what: `Ads for ${counted(number(p, 'duration_seconds'), 'second')}`,
    said: null,
  }),
  'twitch.channel.poll.begin': (p) => ({ who: null, what: `Poll: ${text(p, 'title') ?? ''}`, said: null }),
  'twitch.channel.poll.end': (p) => ({ who: null, what: `Poll ended: ${text(p, 'title') ?? ''}`, said: null }),
  'twitch.channel.prediction.begin': (p) => ({ who: null, what: `Prediction: ${text(p, 'title') ?? ''}`, said: null }),
  'twitch.channel.prediction.end': (p) => ({
    who: null,
    what: `Prediction ended: ${text(p, 'title') ?? ''}`,
    said: null,
  }),
  'twitch.stream.online': () => ({ who: null, what: 'Stream is live on Twitch', said: null }),
  'twitch.stream.offline': () => ({ who: null, what: 'Stream has ended on Twitch', said: null }),
  'twitch.gap': () => ({ who: null, what: 'Twitch was out of reach for a while', said: null, mark: 'bad' }),
  'twitch.connected': () => ({ who: null, what: 'Twitch connected', said: null }),
  'twitch.disconnected': (p) => ({
    who: null,
    what: `Twitch lost: ${text(p, 'reason') ?? ''}`,
    said: null,
    mark: 'bad',
  }),
  'obs.scene.changed': (p) => ({ who: null, what: `Scene ${text(p, 'scene') ?? ''}`, said: null }),
  'obs.stream.started': () => ({ who: null, what: 'OBS started streaming', said: null }),
  'obs.stream.stopped': () => ({ who: null, what: 'OBS stopped streaming', said: null }),
  'obs.stream.reconnecting': () => ({ who: null, what: 'OBS lost the stream, reconnecting', said: null, mark: 'bad' }),
  'obs.recording.started': () => ({ who: null, what: 'Recording started', said: null }),
  'obs.recording.stopped': (p) => ({ who: null, what: 'Recording stopped', said: text(p, 'path') }),
  'obs.connected': () => ({ who: null, what: 'OBS connected', said: null }),
  'obs.disconnected': (p) => ({ who: null, what: `OBS lost: ${text(p, 'reason') ?? ''}`, said: null, mark: 'bad' }),
  'ironmon.run.started': (p) => ({ who: null, what: `Run ${attempt(p)} began`, said: null }),
  'ironmon.run.ended': (p) => {
    const checkpoint = text(p, 'checkpoint')
    const how = p.outcome === 'won' ? 'was won' : 'was lost'
    return { who: null, what: `Run ${attempt(p)} ${how}${checkpoint ? ` at ${checkpoint}` : ''}`, said: null }
  },
  'ironmon.checkpoint.cleared': (p) => ({
    who: null,
    what: `${text(p, 'checkpoint') ?? 'A checkpoint'} cleared in run ${attempt(p)}`,
    said: null,
  }),
  'ironmon.disconnected': (p) => ({ who: null, what: 'Game disconnected', said: text(p, 'reason') }),
  'alert.started': (p) => ({ who: text(p, 'who'), what: `${text(p, 'what') ?? ''} (alert shown)`, said: null }),
  'alert.finished': (p) => ({ who: text(p, 'who'), what: `alert ${text(p, 'outcome') ?? 'ended'}`, said: null }),
  'producer.show.changed': (p) => ({ who: null, what: `Show ${text(p, 'show') ?? ''}`, said: null }),
  'producer.takeover.shown': (p) => ({
    who: null,
    what: `Picture covered: ${(text(p, 'type') ?? '').replaceAll('-', ' ')}`,
    said: text(p, 'message'),
  }),
  'producer.takeover.cleared': () => ({ who: null, what: 'Picture uncovered', said: null }),
  'agent.process.state': (p) => ({
    who: null,
    what: `${processName(p)} is ${stateWords[text(p, 'to') ?? ''] ?? 'in a state nobody knows'}`,
    said: text(p, 'reason'),
    mark: p.to === 'failed' ? 'bad' : 'plain',
  }),
  'agent.process.exited': (p) => ({
    who: null,
    what: `${processName(p)} ended${p.expected === true ? '' : ' by itself'}${exitOf(p)}`,
    said: null,
    mark: p.expected === true ? 'plain' : 'bad',
  }),
  'agent.process.health': (p) => ({
    who: null,
    what: `${processName(p)} is ${p.health === 'unhealthy' ? 'unhealthy' : p.health === 'healthy' ? 'healthy' : 'not checked'}`,
    said: text(p, 'reason'),
    mark: p.health === 'unhealthy' ? 'bad' : 'plain',
  }),
  'agent.started': (p) => ({
    who: null,
    what: `The agent on ${machineName(p)} started${p.crashed === true ? ' after a crash' : ''}`,
    said: adopted(p),
    mark: p.crashed === true ? 'bad' : 'plain',
  }),
  'agent.stopping': (p) => ({ who: null, what: `The agent on ${machineName(p)} ends`, said: text(p, 'reason') }),
  'agent.definitions.changed': (p) => ({
    who: null,
    what: `What ${machineName(p)} may run has changed`,
    said: number(p, 'faults') > 0 ? counted(number(p, 'faults'), 'fault') : null,
    mark: number(p, 'faults') > 0 ? 'bad' : 'plain',
  }),
  'agent.clock.jumped': (p) => ({
    who: null,
    what: `The clock of ${machineName(p)} jumped ${shortDuration(Math.abs(number(p, 'byMs')))} ${number(p, 'byMs') < 0 ? 'back' : 'ahead'}`,
    said: null,
  }),
  'agent.events.lost': (p) => ({
    who: null,
    what: `${machineName(p)} could not keep ${counted(number(p, 'count'), 'event')} while it was away`,
    said: null,
    mark: 'bad',
  }),
  'agent.unknown': (p) => ({
    who: null,
    what: `${machineName(p)} told of something this hub does not know`,
    said: text(p, 'kind'),
  }),
  'agent.paired': (p) => ({ who: null, what: `${machineName(p)} was paired`, said: text(p, 'address') }),
  'agent.revoked': (p) => ({ who: null, what: `${machineName(p)} was unpaired`, said: null }),
  'agent.connected': (p) => ({
    who: null,
    what: `${machineName(p)} is connected${number(p, 'awayMs') > 0 ? ` after ${shortDuration(number(p, 'awayMs'))}` : ''}`,
    said: null,
  }),
  'agent.lost': (p) => ({ who: null, what: `${machineName(p)} is away`, said: text(p, 'reason'), mark: 'bad' }),
  'agent.rule.applied': (p) => ({
    who: null,
    what: `Rule followed for ${text(p, 'process') ?? 'the link'} on ${machineName(p)}`,
    said: text(p, 'reason'),
  }),
  'system.command.committed': (p) => ({ who: text(p, 'actor'), what: `did ${text(p, 'command') ?? ''}`, said: null }),
  'system.command.rejected': (p) => ({
    who: text(p, 'actor'),
    what: `was refused ${text(p, 'command') ?? ''}`,
    said: text(p, 'message'),
    mark: 'bad',
  }),
  'system.module.crashed': (p) => ({
    who: null,
    what: `Module ${text(p, 'module') ?? ''} crashed`,
    said: text(p, 'reason'),
    mark: 'bad',
  }),
  'system.module.failed': (p) => ({
    who: null,
    what: `Module ${text(p, 'module') ?? ''} gave up`,
    said: text(p, 'reason'),
    mark: 'bad',
  }),
}

function markOf(type: string): EventWords['mark'] {
  if (type.startsWith('twitch.channel.chat')) return 'chat'
  if (
    type.startsWith('obs.') ||
    type.startsWith('ironmon.') ||
    type.startsWith('twitch.stream.') ||
    type === 'twitch.channel.update'
  )
    return 'show'
  return type.startsWith('twitch.channel.') ? 'support' : 'plain'
}

/** `twitch.channel.vip.add` as `Channel vip add`. */
function nameInWords(type: string): string {
  const words = type.split('.').slice(1).join(' ').replaceAll('_', ' ').replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function text(payload: Payload, key: string): string | null {
  const value = payload[key]
  return typeof value === 'string' && value !== '' ? value : null
}

function number(payload: Payload, key: string): number {
  const value = payload[key]
  return typeof value === 'number' ? value : 0
}

function name(payload: Payload): string {
  return text(payload, 'user_name') ?? text(payload, 'user_login') ?? 'Anonymous'
}

const stateWords: Record<string, string> = {
  stopped: 'stopped',
  waiting: 'waiting for others',
  starting: 'starting',
  running: 'running',
  stopping: 'stopping',
  backoff: 'to be restarted',
  failed: 'failed',
  done: 'done',
}

function machineName(payload: Payload): string {
  return text(payload, 'machine') ?? 'A machine'
}

function processName(payload: Payload): string {
  return `${text(payload, 'name') ?? text(payload, 'process') ?? 'A process'} on ${text(payload, 'machine') ?? 'a machine'}`
}

/** How and after how long. */
function exitOf(payload: Payload): string {
  const signal = text(payload, 'signal')
  const code = payload.code
  const how = signal ? `, by ${signal}` : typeof code === 'number' ? `, code ${code}` : ''
  const ran = payload.ranMs
  return `${how}${typeof ran === 'number' ? `, after ${shortDuration(ran)}` : ''}`
}

function adopted(payload: Payload): string | null {
  const taken = payload.adopted
  return Array.isArray(taken) && taken.length > 0 ? `took over ${counted(taken.length, 'process', 'processes')}` : null
}

function attempt(payload: Payload): string {
  return `#${count(number(payload, 'attempt'))}`
}

function tier(payload: Payload): string {
  const value = text(payload, 'tier')
  return value ? `tier ${value.charAt(0)}` : 'tier 1'
}

function reward(payload: Payload): string {
  const held = payload.reward
  const nested = typeof held === 'object' && held !== null ? text(held as Payload, 'title') : null
  return nested ?? text(payload, 'reward_title') ?? 'a reward'
}

function money(payload: Payload): string {
  const held = payload.amount
  if (typeof held !== 'object' || held === null) return 'to charity'
  const amount = held as Payload
  const value = number(amount, 'value') / 10 ** number(amount, 'decimal_places')
  const currency = text(amount, 'currency')
  return currency ? value.toLocaleString('en-GB', { style: 'currency', currency }) : String(value)
}
