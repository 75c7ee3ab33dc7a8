/** Times in the words of widgets. Pure. */

/** What was added, in the fewest words: `+5 min`, `+90 s`, `+1 h 30 min`. */
export function addedTime(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120 && seconds % 60 !== 0) return `+${seconds} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 60) return `+${minutes} min`
  const rest = minutes % 60
  return rest === 0 ? `+${Math.floor(minutes / 60)} h` : `+${Math.floor(minutes / 60)} h ${rest} min`
}
