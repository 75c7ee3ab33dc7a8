/** JSON from outside: never throws, and never nests deeper than any honest message, so that nothing behind it overflows. */
import { err, errorMessage, ok, type Result } from '../../base/result.ts'

/** Deeper than any message of ours by far; shallower than any stack by far. */
const MAX_JSON_DEPTH = 64

/** The value, or in words what is wrong with the text. */
export function parseJson(text: string): Result<unknown, string> {
  if (isTooDeep(text)) return err(`it nests deeper than ${MAX_JSON_DEPTH} levels`)
  try {
    return ok(JSON.parse(text))
  } catch (error) {
    return err(errorMessage(error))
  }
}

/** How often `opener` occurs, in strings too; counts no further than just beyond what matters. */
function openersIn(text: string, opener: string): number {
  let count = 0
  for (let at = text.indexOf(opener); at !== -1 && count <= MAX_JSON_DEPTH; at = text.indexOf(opener, at + 1)) count++
  return count
}

const QUOTE = 0x22
const BACKSLASH = 0x5c

function isTooDeep(text: string): boolean {
  // Each level takes a character to open. Most messages have too few of them, and counting is far cheaper than reading.
  if (openersIn(text, '{') + openersIn(text, '[') <= MAX_JSON_DEPTH) return false
  let depth = 0
  let inString = false
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (inString) {
      if (code === BACKSLASH) at++
      else if (code === QUOTE) inString = false
      continue
    }
    if (code === QUOTE) inString = true
    else if (code === 0x5b || code === 0x7b) {
      depth++
      if (depth > MAX_JSON_DEPTH) return true
    } else if (code === 0x5d || code === 0x7d) depth--
  }
  return false
}
