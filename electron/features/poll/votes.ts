/** What a chat line votes for, and what Twitch says of its own poll. Pure. */
import type { EventEnvelope, EventType } from '../../../contracts/events.ts'
import type { Poll } from '../../../contracts/state/poll.ts'

export const POLLED = [
  'twitch.channel.chat.message',
  'twitch.channel.poll.begin',
  'twitch.channel.poll.progress',
  'twitch.channel.poll.end',
] as const satisfies readonly EventType[]
export type PolledEvent = EventEnvelope<(typeof POLLED)[number]>

const VOTE = /^(?:!vote\s+)?#?([1-9])\s*[.!)]?$/i

/** The place of what is wanted, from 0; null for a line that is no vote. */
export function voteIn(message: string, choices: number): number | null {
  const number = Number(VOTE.exec(message.trim())?.[1] ?? 0)
  return number >= 1 && number <= choices ? number - 1 : null
}

/** Null for chat. */
export function twitchPoll({ type, payload }: PolledEvent): Poll | null {
  if (type === 'twitch.channel.chat.message') return null
  const { id, title, choices, started_at: startedAt } = payload
  return {
    id,
    title,
    source: 'twitch',
    choices: choices.map(({ title: words, votes }) => ({ title: words, votes })),
    startedAt,
    endsAt: 'ends_at' in payload ? payload.ends_at : payload.ended_at,
  }
}
