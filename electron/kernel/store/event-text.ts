/**
 * What of an event can be searched: what people wrote, and names. Knows general field names, never an event type, so a
 * type nobody has written a schema for is searchable too.
 */

/** Fields that hold words for people. Every `…_name`, `…Name`, `…_login` and `…_message` counts as well. */
const TEXT_FIELDS: ReadonlySet<string> = new Set([
  'text',
  'message',
  'messageText',
  'message_body',
  'user_input',
  'title',
  'name',
  'description',
  'prompt',
  'reason',
  'artist',
  'album',
  'scene',
  'input',
  'who',
  'what',
])
const TEXT_FIELD_ENDINGS = /(?:_(?:name|login|message|title|text)|[a-z](?:Name|Login|Message|Title|Text))$/

/** Parts of a chat message that repeat its text, and the streamer's own name, which is in every event. */
const SKIPPED_FIELDS = /^(?:fragments|emotes|native_emotes|badges|broadcaster_.*|broadcaster[A-Z].*)$/

/** A search finds nothing beyond this, and nobody writes as much. */
const MAX_TEXT_CHARS = 4000
const MAX_DEPTH = 6

/** The words of a payload in one line, ready for the full-text index; null when there are none. */
export function eventText(payload: Record<string, unknown>): string | null {
  const parts = new Set<string>()
  collect(payload, false, 0, parts)
  if (parts.size === 0) return null
  return searchable([...parts].join(' ').slice(0, MAX_TEXT_CHARS)) || null
}

function collect(value: unknown, wanted: boolean, depth: number, parts: Set<string>): void {
  if (typeof value === 'string') {
    if (wanted && value !== '') parts.add(value)
  } else if (Array.isArray(value)) {
    if (depth < MAX_DEPTH) for (const item of value) collect(item, wanted, depth + 1, parts)
  } else if (typeof value === 'object' && value !== null && depth < MAX_DEPTH) {
    for (const [field, inner] of Object.entries(value)) {
      if (!SKIPPED_FIELDS.test(field)) collect(inner, isTextField(field), depth + 1, parts)
    }
  }
}

function isTextField(field: string): boolean {
  return TEXT_FIELDS.has(field) || TEXT_FIELD_ENDINGS.test(field)
}

const BEYOND_LATIN = /[^\p{ASCII}]/u
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it takes out
const CONTROLS = /[\u0000-\u001f\u007f]+/g
/** Scripts written without spaces between words (Korean has them, but its words carry endings). */
const UNSPACED = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Bopomofo}\p{scx=Hangul}]/gu

/**
 * The form in which text is indexed and searched for. Characters of Chinese, Japanese and Korean stand apart, so that
 * each is a word of its own and a run of them is a phrase: any part of such a text can be found, however short.
 */
export function searchable(text: string): string {
  const plain = text.replace(CONTROLS, ' ')
  if (!BEYOND_LATIN.test(plain)) return plain
  return plain.normalize('NFKC').replace(UNSPACED, ' $& ')
}
