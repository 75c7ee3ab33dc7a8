/**
 * Says why a content can't be drawn: its type is not known here, as when the hub is newer than a page that was not reloaded, or
 * a part of it is missing. A page carries no schemas, so this asks for no more than what drawing needs. Pure.
 */
import type { Content, ContentOf, ContentType } from '../../contracts/content.ts'

type Kind = 'number' | 'number?' | 'text' | 'text?' | 'flag' | 'any' | 'fragments?' | readonly [Shape]
interface Shape {
  readonly [field: string]: Kind
}
/** Every field of the contract, so that one that is renamed there is missed here by the compiler. */
type ShapeOf<T extends ContentType> = Record<Exclude<keyof ContentOf<T>, 'type'>, Kind>

const EMOTE = { name: 'text', emote_provider: 'text', emote_id: 'text?', count: 'number' } as const
const FRAGMENT = { type: 'text', text: 'text', emote: 'any', cheermote: 'any' } as const
const GOAL = { description: 'text', current_amount: 'number', target_amount: 'number' } as const

const SHAPES: { readonly [T in ContentType]: ShapeOf<T> } = {
  'emote-stats': { today: [EMOTE], all_time: [EMOTE] },
  'recent-follows': { follows: [{ user_name: 'text' }] },
  'daily-stats': {
    messages: 'number',
    follows: 'number',
    subscriptions: 'number',
    bits: 'number',
    started_at: 'number',
  },
  'stream-goals': { goals: [GOAL] },
  'latest-event': { latest: 'any', at: 'number?' },
  'recent-events': { events: [{ did: 'any', at: 'number' }] },
  'sub-train': {
    count: 'number',
    user_name: 'text',
    tier: 'text',
    latest_user_name: 'text',
    latest_tier: 'text',
    total_months: 'number',
  },
  message: { title: 'text?', message: 'text', level: 'text', fragments: 'fragments?' },
  'run-statistics': {
    run_number: 'number?',
    checkpoints_cleared: 'number',
    total_checkpoints: 'number',
    progress_percentage: 'number',
    current_checkpoint: 'text?',
    trainer: 'text?',
    clear_rate: 'number?',
  },
  'run-progression': {
    has_active_run: 'flag',
    current_checkpoint: 'text?',
    trainer: 'text?',
    clear_rate: 'number?',
    last_cleared_seed: 'number?',
    attempts_on_record: 'number',
    checkpoints: [{ name: 'text', status: 'text' }],
  },
}

/** Per event of `latest-event`, what its words are made of. */
const LATEST: Readonly<Record<string, Shape>> = {
  'twitch.channel.follow': { user_name: 'text' },
  'twitch.channel.subscribe': { user_name: 'text', tier: 'text', is_gift: 'flag' },
  'twitch.channel.subscription.message': { user_name: 'text', tier: 'text', cumulative_months: 'number' },
  'twitch.channel.subscription.gift': { user_name: 'text?', total: 'number' },
  'twitch.channel.cheer': { user_name: 'text?', bits: 'number' },
  'twitch.channel.raid': { from_broadcaster_user_name: 'text', viewers: 'number' },
}

/** Null for a content that can be drawn. */
export function faultOf(content: Content): string | null {
  const given: unknown = content
  if (!isObject(given)) return 'it is no object'
  const type = String(given.type)
  if (!Object.hasOwn(SHAPES, type)) return `its type "${type}" is not known to this page; reload it`
  const fault = faultIn(given, SHAPES[type as ContentType], '')
  if (fault !== null) return fault
  if (content.type === 'latest-event') return content.latest === null ? null : faultOfDeed(content.latest, 'latest')
  if (content.type !== 'recent-events') return null
  const faults = content.events.map(({ did }, index) => faultOfDeed(did, `events[${index}].did`))
  return faults.find((each) => each !== null) ?? null
}

/** Of what a viewer did. */
function faultOfDeed(latest: unknown, path: string): string | null {
  if (!isObject(latest)) return `${path} is no object`
  const event = String(latest.event)
  const shape = Object.hasOwn(LATEST, event) ? LATEST[event] : undefined
  if (!shape) return `${path}.event "${event}" is not known to this page; reload it`
  return faultIn(latest, shape, `${path}.`)
}

function faultIn(value: Record<string, unknown>, shape: Shape, path: string): string | null {
  for (const [field, kind] of Object.entries(shape)) {
    const fault = faultOfField(value[field], kind, path + field)
    if (fault !== null) return fault
  }
  return null
}

function faultOfField(value: unknown, kind: Kind, path: string): string | null {
  if (typeof kind !== 'string') return faultOfList(value, kind[0], path)
  if (kind.endsWith('?') && value === null) return null
  switch (kind) {
    case 'any':
      return value === undefined ? `${path} is missing` : null
    case 'fragments?':
      return value === undefined ? null : faultOfList(value, FRAGMENT, path)
    case 'flag':
      return typeof value === 'boolean' ? null : `${path} is neither true nor false`
    case 'number':
    case 'number?':
      return Number.isFinite(value) ? null : `${path} is no number`
    case 'text':
    case 'text?':
      return typeof value === 'string' ? null : `${path} is no text`
  }
}

function faultOfList(value: unknown, shape: Shape, path: string): string | null {
  if (!Array.isArray(value)) return `${path} is no list`
  for (const [index, entry] of value.entries()) {
    const fault = isObject(entry) ? faultIn(entry, shape, `${path}[${index}].`) : `${path}[${index}] is no object`
    if (fault !== null) return fault
  }
  return null
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
