/** `1:02:03`, `2:03`, `0:03`: whole seconds, so that a figure keeps its width from one to the next. */
export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds))
  const hours = Math.floor(whole / 3600)
  const minutes = Math.floor((whole % 3600) / 60)
  const two = (value: number) => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`
}

/** What was added, in the fewest words: `+5 min`, `+90 s`, `+1 h 30 min`. */
export function addedTime(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120 && seconds % 60 !== 0) return `+${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `+${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `+${Math.floor(minutes / 60)} h` : `+${Math.floor(minutes / 60)} h ${rest} min`
}
