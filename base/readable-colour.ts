/** Makes the name colour that a chatter chose readable on ours. Pure. */

type Rgb = readonly [number, number, number]

/** WCAG AA for text. */
const NEEDED_CONTRAST = 4.5
/** Steps towards white or black; at the last one the colour is that. */
const STEPS = 20

/**
 * `colour` mixed with as little white (on dark) or black (on light) as makes it readable on `background`, or null when
 * it is not a colour. Both as `#rrggbb`.
 */
export function readableColour(colour: string, background: string): string | null {
  const from = parseHex(colour)
  const behind = parseHex(background)
  if (!from || !behind) return null
  const target: Rgb = luminance(behind) < 0.5 ? [255, 255, 255] : [0, 0, 0]
  for (let step = 0; step < STEPS; step += 1) {
    const mixed = mix(from, target, step / STEPS)
    if (contrast(mixed, behind) >= NEEDED_CONTRAST) return toHex(mixed)
  }
  return toHex(target)
}

/** WCAG 2 contrast ratio, 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

export function parseHex(text: string): Rgb | null {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(text.trim())
  if (!match) return null
  return [Number.parseInt(match[1] ?? '', 16), Number.parseInt(match[2] ?? '', 16), Number.parseInt(match[3] ?? '', 16)]
}

function luminance([red, green, blue]: Rgb): number {
  const linear = (value: number) => {
    const share = value / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

function mix(from: Rgb, to: Rgb, share: number): Rgb {
  const one = (a: number, b: number) => Math.round(a + (b - a) * share)
  return [one(from[0], to[0]), one(from[1], to[1]), one(from[2], to[2])]
}

function toHex(rgb: Rgb): string {
  return `#${rgb.map((value) => value.toString(16).padStart(2, '0')).join('')}`
}
