/**
 * Where Twitch's words become ours. Reads EventSub frames, and turns a notification into a canonical event. Nothing is
 * ever dropped here: what can't be read, has no schema or breaks its schema becomes `twitch.unknown` with its raw body,
 * and fields that Twitch added since stay in the payload beside those we know.
 */
import { z } from 'zod'
import { err, ok, type Result } from '../../../base/result.ts'
import { NO_NOTICE, NO_SHARED_CHAT } from '../../../contracts/events/twitch.ts'
import { type EventPayload, type EventType, eventSchemas } from '../../../contracts/events.ts'
import { pathText } from '../../kernel/commands.ts'
import { parseJson } from '../../kernel/parse-json.ts'

/** An unreadable frame is kept up to this length, characters; it can't be of use beyond that. */
const UNREADABLE_KEPT_CHARACTERS = 16_384

export type Raw = Record<string, unknown>

export interface TwitchSessionInfo {
  id: string
  /** Longest silence Twitch promises, s. */
  keepaliveSeconds: number
}

interface TwitchNotification {
  messageId: string
  /** When Twitch sent it, ms epoch; null when it does not say. */
  sentAt: number | null
  /** EventSub type, e.g. `channel.follow`. */
  type: string
  event: Raw
}

export type TwitchFrame =
  | { kind: 'welcome'; session: TwitchSessionInfo }
  | { kind: 'keepalive' }
  | { kind: 'reconnect'; url: string }
  /** One, or several where Twitch batches. */
  | { kind: 'notification'; notifications: TwitchNotification[] }
  | { kind: 'revocation'; messageId: string; type: string; version: string; status: string }
  /** A message of a kind we don't know, or one that breaks its own rules. */
  | { kind: 'unknown'; messageId: string | undefined; rawType: string; body: Raw; fault: string }

/** Not looked into: the event's own schema does that. */
const record = z.custom<Raw>(isRaw, 'expected an object')
const metadataSchema = z.object({
  message_id: z.string().min(1).max(200),
  message_type: z.string(),
  message_timestamp: z.string().optional(),
})
const frameSchema = z.object({ metadata: metadataSchema, payload: record })
const sessionSchema = z.object({
  session: z.object({ id: z.string().min(1), keepalive_timeout_seconds: z.number().positive().nullish() }),
})
const reconnectSchema = z.object({ session: z.object({ reconnect_url: z.string().min(1) }) })
const subscriptionSchema = z.object({
  subscription: z.object({ type: z.string().min(1), version: z.string(), status: z.string().optional() }),
})
const singleSchema = subscriptionSchema.extend({ event: record })
const batchSchema = subscriptionSchema.extend({
  events: z.array(z.object({ id: z.string().min(1).max(200), data: record })).min(1),
})

/** What Twitch promises when it does not say, s. */
const DEFAULT_KEEPALIVE_S = 10

export function readFrame(text: string): TwitchFrame {
  const json = parseJson(text)
  if (!json.ok) return unreadable(text, json.error)
  const parsed = frameSchema.safeParse(json.value)
  if (!parsed.success) return unreadable(text, faultOf(parsed.error))
  const { metadata, payload } = parsed.data
  const frame = readPayload(metadata, payload)
  if (frame.ok) return frame.value
  return {
    kind: 'unknown',
    messageId: metadata.message_id,
    rawType: typeOf(payload) ?? metadata.message_type,
    body: payload,
    fault: frame.error,
  }
}

type Metadata = z.output<typeof metadataSchema>

function readPayload(metadata: Metadata, payload: Raw): Result<TwitchFrame, string> {
  switch (metadata.message_type) {
    case 'session_welcome': {
      const parsed = sessionSchema.safeParse(payload)
      if (!parsed.success) return err(faultOf(parsed.error))
      const { id, keepalive_timeout_seconds: seconds } = parsed.data.session
      return ok({ kind: 'welcome', session: { id, keepaliveSeconds: seconds ?? DEFAULT_KEEPALIVE_S } })
    }
    case 'session_keepalive':
      return ok({ kind: 'keepalive' })
    case 'session_reconnect': {
      const parsed = reconnectSchema.safeParse(payload)
      if (!parsed.success) return err(faultOf(parsed.error))
      return ok({ kind: 'reconnect', url: parsed.data.session.reconnect_url })
    }
    case 'notification':
      return readNotification(metadata, payload)
    case 'revocation': {
      const parsed = subscriptionSchema.safeParse(payload)
      if (!parsed.success) return err(faultOf(parsed.error))
      const { type, version, status = 'unknown' } = parsed.data.subscription
      return ok({ kind: 'revocation', messageId: metadata.message_id, type, version, status })
    }
    default:
      return err(`there is no message type ${JSON.stringify(metadata.message_type.slice(0, 100))}`)
  }
}

function readNotification(metadata: Metadata, payload: Raw): Result<TwitchFrame, string> {
  const sentAt = metadata.message_timestamp === undefined ? null : timeOf(metadata.message_timestamp)
  if ('events' in payload) {
    const batch = batchSchema.safeParse(payload)
    if (!batch.success) return err(faultOf(batch.error))
    const { subscription, events } = batch.data
    const notifications = events.map(({ id, data }) => ({
      messageId: id,
      sentAt,
      type: subscription.type,
      event: data,
    }))
    return ok({ kind: 'notification', notifications })
  }
  const single = singleSchema.safeParse(payload)
  if (!single.success) return err(faultOf(single.error))
  const { subscription, event } = single.data
  const notification = { messageId: metadata.message_id, sentAt, type: subscription.type, event }
  return ok({ kind: 'notification', notifications: [notification] })
}

function typeOf(payload: Raw): string | undefined {
  const { subscription } = payload
  return isRaw(subscription) && typeof subscription.type === 'string' ? subscription.type : undefined
}

function unreadable(text: string, fault: string): TwitchFrame {
  const body = { text: text.slice(0, UNREADABLE_KEPT_CHARACTERS) }
  return { kind: 'unknown', messageId: undefined, rawType: 'unreadable', body, fault }
}

type TwitchEventType = Extract<EventType, `twitch.${string}`>

/** A canonical event, ready to be published. */
export type TwitchDraft = { [K in TwitchEventType]: { type: K; payload: EventPayload<K> } }[TwitchEventType]

/** The canonical event of a notification; `twitch.unknown` when there is no schema for it or it breaks it. */
export function toCanonical(rawType: string, event: Raw, messageId?: string): TwitchDraft {
  const type = `twitch.${rawType}`
  if (!isNotificationType(type)) return unknownEvent(rawType, event, 'this type has no schema', messageId)
  const shaped = shape(rawType, withTimes(event))
  const parsed = eventSchemas[type].safeParse(shaped)
  if (!parsed.success) return unknownEvent(rawType, event, faultOf(parsed.error), messageId)
  addExtras(parsed.data, shaped)
  // The type names the schema; the compiler can't follow that through the union.
  return { type, payload: parsed.data } as TwitchDraft
}

export function unknownEvent(rawType: string, body: Raw, fault: string, messageId?: string): TwitchDraft {
  return { type: 'twitch.unknown', payload: { rawType, body, fault, messageId } }
}

/** Types that stand for a notification, not for something of ours. */
function isNotificationType(type: string): type is TwitchEventType {
  return /^twitch\.(channel|stream|user)\./.test(type) && Object.hasOwn(eventSchemas, type)
}

/** Twitch's text for a time as ms epoch; null when it is not one. Nanoseconds are cut off. */
export function timeOf(text: string): number | null {
  const at = Date.parse(text)
  return Number.isFinite(at) && at >= 0 ? at : null
}

/** Every `…_at` that is text becomes ms epoch, at any depth; an empty one becomes null. Copies only what changes. */
function withTimes<T>(value: T): T {
  if (Array.isArray(value)) {
    const changed = value.map(withTimes)
    return (changed.some((item, index) => item !== value[index]) ? changed : value) as T
  }
  if (!isRaw(value)) return value
  let copy: Raw | undefined
  for (const key of Object.keys(value)) {
    const before = value[key]
    const after = typeof before !== 'string' ? withTimes(before) : key.endsWith('_at') ? timeOrText(before) : before
    if (after === before) continue
    copy ??= { ...value }
    copy[key] = after
  }
  return (copy ?? value) as T
}

function timeOrText(text: string): number | string | null {
  return text === '' ? null : (timeOf(text) ?? text)
}

/** Adds to what the schema knows what it does not: nothing that Twitch says is lost. `known` is the schema's own copy. */
function addExtras(known: unknown, all: unknown): void {
  if (Array.isArray(known) && Array.isArray(all)) {
    for (const [index, item] of known.entries()) addExtras(item, all[index])
    return
  }
  if (!isRaw(known) || !isRaw(all)) return
  for (const key of Object.keys(all)) {
    if (Object.hasOwn(known, key)) addExtras(known[key], all[key])
    else if (all[key] !== null) Object.defineProperty(known, key, { ...EXTRA, value: all[key] })
  }
}

/** Defined, not assigned: a field called `__proto__` is a field like any other. */
const EXTRA = { enumerable: true, configurable: true, writable: true }

/** Changes of shape, type by type. All input is untrusted: what is not there stays away, and the schema objects. */
function shape(type: string, raw: Raw): Raw {
  switch (type) {
    case 'stream.online':
      return renamed(raw, { id: 'stream_id', type: 'stream_type' })
    case 'channel.cheer':
    case 'channel.subscription.gift':
      return { user_id: null, user_login: null, user_name: null, cumulative_total: null, ...raw }
    case 'channel.subscription.message':
      return subscriptionMessage(raw)
    case 'channel.chat.message':
      return chatMessage(raw)
    case 'channel.chat.notification':
      return chatNotification(raw)
    case 'channel.poll.begin':
    case 'channel.poll.progress':
    case 'channel.poll.end':
      return poll(raw)
    case 'channel.prediction.begin':
    case 'channel.prediction.progress':
    case 'channel.prediction.lock':
    case 'channel.prediction.end':
      return prediction(raw)
    case 'channel.hype_train.begin':
    case 'channel.hype_train.progress':
    case 'channel.hype_train.end':
      return hypeTrain(raw)
    case 'channel.charity_campaign.donate':
      return { id: null, ...charity(raw) }
    case 'channel.charity_campaign.progress':
      return charity(raw)
    case 'channel.ad_break.begin':
      return adBreak(raw)
    case 'user.update':
      return { email: null, ...raw }
    default:
      return raw
  }
}

function subscriptionMessage({ message, ...rest }: Raw): Raw {
  const { text, emotes } = rawOf(message)
  return { streak_months: null, ...rest, message: text, message_emotes: emotes ?? [] }
}

/** Twitch leaves out what a kind of fragment does not have, or sends null: always null here. */
function fragments(message: unknown): unknown {
  const { fragments: list } = rawOf(message)
  if (!Array.isArray(list)) return list
  const empty = { cheermote: null, emote: null, mention: null }
  return list.map((fragment) => (isRaw(fragment) ? { ...empty, ...fragment } : fragment))
}

function emoteTexts(list: unknown, isWanted: (ownerId: unknown) => boolean): unknown[] {
  if (!Array.isArray(list)) return []
  const emotes = list.filter((fragment) => isRaw(fragment) && isRaw(fragment.emote))
  return emotes.filter(({ emote }) => isWanted(emote.owner_id)).map(({ text }) => text)
}

function chatMessage(raw: Raw): Raw {
  const { message, cheer, reply, chatter_user_id, chatter_user_login, chatter_user_name, ...rest } = raw
  const list = fragments(message)
  const isOwn = (ownerId: unknown) => ownerId === raw.broadcaster_user_id
  return {
    ...NO_SHARED_CHAT,
    channel_points_custom_reward_id: null,
    channel_points_animation_id: null,
    ...rest,
    user_id: chatter_user_id,
    user_login: chatter_user_login,
    user_name: chatter_user_name,
    message: rawOf(message).text,
    fragments: list,
    emotes: emoteTexts(list, (ownerId) => !isOwn(ownerId)),
    native_emotes: emoteTexts(list, isOwn),
    cheer_bits: isRaw(cheer) ? cheer.bits : null,
    ...replyFields(reply),
  }
}

const REPLY_FIELDS = [
  ...['message_id', 'message_body', 'user_id', 'user_login', 'user_name'].map((name) => `parent_${name}`),
  ...['message_id', 'user_id', 'user_login', 'user_name'].map((name) => `thread_${name}`),
].map((name) => ({ name, ours: `reply_${name}` }))

const NO_REPLY: Raw = Object.fromEntries(REPLY_FIELDS.map(({ ours }) => [ours, null]))

function replyFields(reply: unknown): Raw {
  if (!isRaw(reply)) return NO_REPLY
  return Object.fromEntries(REPLY_FIELDS.map(({ name, ours }) => [ours, reply[name] ?? null]))
}

function chatNotification({ message, notice_type, ...rest }: Raw): Raw {
  return {
    ...NO_SHARED_CHAT,
    ...NO_NOTICE,
    ...rest,
    user_id: rest.chatter_user_id,
    user_login: rest.chatter_user_login,
    user_name: rest.chatter_user_name,
    notification_type: notice_type,
    message: rawOf(message).text,
    fragments: fragments(message),
  }
}

function poll({ bits_voting, channel_points_voting, choices, ...rest }: Raw): Raw {
  const bits = rawOf(bits_voting)
  const points = rawOf(channel_points_voting)
  return {
    bits_voting_enabled: bits.is_enabled ?? false,
    bits_per_vote: bits.amount_per_vote ?? 0,
    channel_points_voting_enabled: points.is_enabled ?? false,
    channel_points_per_vote: points.amount_per_vote ?? 0,
    ...rest,
    choices: eachRaw(choices, (choice) => ({ bits_votes: 0, channel_points_votes: 0, votes: 0, ...choice })),
  }
}

function prediction({ outcomes, ...rest }: Raw): Raw {
  const { started_at: from, locks_at: to } = rest
  const window = typeof from === 'number' && typeof to === 'number' ? Math.max(0, Math.round((to - from) / 1000)) : null
  return {
    prediction_window: window,
    winning_outcome_id: null,
    ...rest,
    outcomes: eachRaw(outcomes, (outcome) => ({
      users: 0,
      channel_points: 0,
      ...outcome,
      top_predictors: outcome.top_predictors ?? [],
    })),
  }
}

function hypeTrain(raw: Raw): Raw {
  return {
    type: 'regular',
    is_shared_train: false,
    last_contribution: null,
    all_time_high_level: null,
    all_time_high_total: null,
    cooldown_ends_at: null,
    ...raw,
    top_contributions: raw.top_contributions ?? [],
    shared_train_participants: raw.shared_train_participants ?? [],
  }
}

/** Twitch sends the broadcaster of a charity under either name. */
function charity(raw: Raw): Raw {
  const names = {
    broadcaster_id: 'broadcaster_user_id',
    broadcaster_login: 'broadcaster_user_login',
    broadcaster_name: 'broadcaster_user_name',
  }
  return renamed(raw, names)
}

/** Twitch has been seen to send both as text. */
function adBreak(raw: Raw): Raw {
  const { duration_seconds: duration, is_automatic: automatic } = raw
  return {
    ...raw,
    duration_seconds: typeof duration === 'string' ? Number(duration) : duration,
    is_automatic: typeof automatic === 'string' ? automatic === 'true' : automatic,
  }
}

function renamed(raw: Raw, names: Record<string, string>): Raw {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [names[key] ?? key, value]))
}

function eachRaw(list: unknown, change: (item: Raw) => Raw): unknown {
  if (!Array.isArray(list)) return list
  return list.map((item) => (isRaw(item) ? change(item) : item))
}

function rawOf(value: unknown): Raw {
  return isRaw(value) ? value : {}
}

function isRaw(value: unknown): value is Raw {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function faultOf(error: z.ZodError): string {
  const [issue] = error.issues
  if (!issue) return 'it is not as documented'
  const path = pathText(issue.path)
  return path === '' ? issue.message : `${path}: ${issue.message}`
}
