/** The coding session in words. Pure. */
import type { FinishedAlert } from '../../contracts/state/alerts.ts'

/** 6_130_000 as `1:42 h`, less than an hour as `42 min`. */
export function sessionWords(ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / 60_000))
  const hours = Math.floor(minutes / 60)
  return hours === 0 ? `${minutes} min` : `${hours}:${String(minutes % 60).padStart(2, '0')} h`
}

/** Who followed last, of what was on screen. */
export function latestFollow(recent: readonly FinishedAlert[]): string | null {
  return latest(recent, ['follow'])
}

/** Who subscribed or gave a subscription last. */
export function latestSub(recent: readonly FinishedAlert[]): string | null {
  return latest(recent, ['sub', 'resub', 'gift'])
}

/** Newest first, as they are kept. */
function latest(recent: readonly FinishedAlert[], types: readonly FinishedAlert['type'][]): string | null {
  return recent.find(({ type, who }) => types.includes(type) && who !== '')?.who ?? null
}
