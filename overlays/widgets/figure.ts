/** How numbers are written on stream: whole up to 99,999, then shortened, so that a column keeps its width. */

const whole = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export function figure(value: number): string {
  return Math.abs(value) < 100_000 ? whole.format(value) : short.format(value)
}
