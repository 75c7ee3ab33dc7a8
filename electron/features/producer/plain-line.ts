/** What viewers wrote, as it can stand on the bar: one line of plain text, no longer than its place in a content may be. Pure. */

/** As long as a text, and as a name, of a content may be (contracts/content.ts). */
const TEXT_MAX = 500
const NAME_MAX = 200

/** No control characters, no direction overrides, no runs of space. */
export function clean(text: string): string {
  return shortened(plain(text), TEXT_MAX)
}

export function cleanName(name: string): string {
  return shortened(plain(name), NAME_MAX)
}

function plain(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}

/** Never ends in half a character. */
function shortened(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '')
}
