/** The IronMON run and its link in words. Pure. */
import type { IronmonRefusal, IronmonRun, IronmonState } from '../../../contracts/state/ironmon.ts'
import { connectionWords, type LinkWords } from '../status/link-words.ts'

/** How the game's port stands: open is not yet connected. */
export function gameWords(ironmon: IronmonState | undefined, now: number): LinkWords {
  if (!ironmon) return { tone: 'off', word: 'Waiting for the hub', reason: null }
  const { listener, address, games } = ironmon.link
  if (listener.status !== 'connected') return connectionWords(listener, now)
  const where = address ? `${address.host}, port ${address.port}` : 'its port'
  if (games.length === 0) return { tone: 'off', word: 'No game yet', reason: `Waiting at ${where}` }
  const told = games.reduce((sum, { messages }) => sum + messages, 0)
  if (told === 0) return { tone: 'busy', word: 'Game connected', reason: 'It has said nothing yet' }
  return { tone: 'ok', word: 'Game connected', reason: null }
}

export const refusalWords: Record<IronmonRefusal, string> = {
  'not-a-game': 'not from a game, closed',
  'too-many-connections': 'one connection too many',
  'bad-framing': 'not framed as a message',
  'too-large': 'too large',
  'not-json': 'not readable as JSON',
  'no-type': 'without a type',
  'wrong-shape': 'of an unexpected shape',
  'unknown-type': 'of an unknown type',
}

const endWords = {
  defeat: 'lost to a defeat',
  'next-seed': 'lost: the next attempt began',
  manual: 'ended by hand',
  champion: 'won',
} as const

export function runWords(run: IronmonRun): string {
  if (run.outcome === null) return `${run.cleared} of 23 cleared`
  return `${run.cleared} of 23 cleared, ${run.endReason ? endWords[run.endReason] : run.outcome}`
}
