/**
 * Phoenix frames as text, both versions, in both directions. Pure: text in, message or fault out; message in, text out.
 * What the payload means is for whoever owns the topic.
 */
import type { MessageRef, WireMessage, WireVersion } from '../../../contracts/wire.ts'
import { parseJson } from '../parse-json.ts'

export type Decoded =
  | { ok: true; message: WireMessage }
  /** `ref`, `joinRef` and `topic` as far as they could be made out, so that the sender can be told. */
  | { ok: false; fault: string; path: string; ref: MessageRef; joinRef: MessageRef; topic: string }

/** Longer names are never ours; a bound here bounds what is echoed in answers. */
const MAX_NAME_LENGTH = 200

/** The version asked for in the URL's `vsn`; without one it is the first. Null for one we do not speak. */
export function wireVersionOf(vsn: string | null): WireVersion | null {
  if (vsn === null || vsn.startsWith('1.')) return 1
  return vsn.startsWith('2.') ? 2 : null
}

export function decodeFrame(version: WireVersion, text: string): Decoded {
  const parsed = parseJson(text)
  if (!parsed.ok) return fault(`the frame is not valid JSON: ${parsed.error}`, '', {})
  return version === 1 ? decodeObject(parsed.value) : decodeArray(parsed.value)
}

function decodeObject(value: unknown): Decoded {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return fault('a frame of version 1 is an object {topic,event,payload,ref}', '', {})
  }
  const { join_ref: joinRef, ref, topic, event, payload } = value as Record<string, unknown>
  return checkParts(
    { joinRef, ref, topic, event, payload },
    { topic: 'topic', event: 'event', ref: 'ref', joinRef: 'join_ref' },
  )
}

function decodeArray(value: unknown): Decoded {
  if (!Array.isArray(value)) return fault('a frame of version 2 is a list [join_ref,ref,topic,event,payload]', '', {})
  const [joinRef, ref, topic, event, payload] = value
  return checkParts({ joinRef, ref, topic, event, payload }, { topic: '[2]', event: '[3]', ref: '[1]', joinRef: '[0]' })
}

interface Parts {
  joinRef: unknown
  ref: unknown
  topic: unknown
  event: unknown
  payload: unknown
}

function checkParts(parts: Parts, names: Record<'topic' | 'event' | 'ref' | 'joinRef', string>): Decoded {
  if (!isName(parts.topic)) return fault('the topic must be a short text', names.topic, parts)
  if (!isName(parts.event)) return fault('the event must be a short text', names.event, parts)
  if (!isRef(parts.ref)) return fault('the ref must be a short text, a number or null', names.ref, parts)
  if (!isRef(parts.joinRef)) return fault('the join_ref must be a short text, a number or null', names.joinRef, parts)
  const { topic, event, ref, joinRef, payload } = parts
  return { ok: true, message: { joinRef: joinRef ?? null, ref: ref ?? null, topic, event, payload: payload ?? {} } }
}

function fault(text: string, path: string, parts: Partial<Parts>): Decoded {
  const ref = isRef(parts.ref) ? (parts.ref ?? null) : null
  const joinRef = isRef(parts.joinRef) ? (parts.joinRef ?? null) : null
  return { ok: false, fault: text, path, ref, joinRef, topic: isName(parts.topic) ? parts.topic : 'phoenix' }
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= MAX_NAME_LENGTH
}

function isRef(value: unknown): value is string | number | null | undefined {
  if (typeof value === 'string') return value.length <= MAX_NAME_LENGTH
  return value === null || value === undefined || typeof value === 'number'
}

/** An outgoing frame whose payload is JSON text already. */
export interface OutgoingFrame {
  joinRef: MessageRef
  ref: MessageRef
  topic: string
  event: string
  payloadJson: string
}

export function encodeFrame(version: WireVersion, { joinRef, ref, topic, event, payloadJson }: OutgoingFrame): string {
  const [r, t, e] = [JSON.stringify(ref), JSON.stringify(topic), JSON.stringify(event)]
  if (version === 2) return `[${JSON.stringify(joinRef)},${r},${t},${e},${payloadJson}]`
  return `{"topic":${t},"event":${e},"payload":${payloadJson},"ref":${r}}`
}
