/** The accent that a widget's settings choose, as the variables of `tokens.css`. Pure. */

/** Brighter than this the accent itself is read on a plate. */
const READABLE_LUMINANCE = 0.22

/** `accent`: `#rrggbb`, or null for that of the show. */
export function accentStyle(accent: string | null): Record<string, string> {
  if (accent === null) return {}
  const bright = brightened(channelsOf(accent))
  return {
    '--accent': accent,
    '--accent-ink': luminance(channelsOf(accent)) > 0.4 ? 'rgb(11 12 15)' : 'rgb(255 255 255)',
    '--accent-bright': `rgb(${bright.join(' ')})`,
  }
}

function channelsOf(accent: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(accent.slice(at, at + 2), 16))
}

/** Mixed with white until it can be read on a plate. */
function brightened(channels: readonly number[]): number[] {
  for (let share = 0; share <= 1; share += 0.05) {
    const mixed = channels.map((channel) => Math.round(channel + (255 - channel) * share))
    if (luminance(mixed) >= READABLE_LUMINANCE) return mixed
  }
  return [255, 255, 255]
}

/** Relative luminance, 0 to 1. */
function luminance(channels: readonly number[]): number {
  const [red = 0, green = 0, blue = 0] = channels.map((channel) => {
    const share = channel / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
