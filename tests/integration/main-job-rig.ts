/**
 * What the tests of the whole job share: a built hub, a Twitch of our own that it signs in to, and ways to look at it from
 * outside (HTTP, the pages' client). Knows nothing of what the tests claim.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { WebSocket } from 'ws'
import { ensureBuilt, root } from '../../build/stale.mjs'
import { createHubClient, type HubClient } from '../../contracts/client/hub-client.ts'
import type { StoredEnvelope } from '../../contracts/envelope.ts'
import type { StateTopic, StateTopics } from '../../contracts/topics.ts'
import type { FakeTwitch } from '../../electron/connections/twitch/fake.ts'
import type { RunningHub } from '../e2e/hub.ts'

const inCi = Boolean(process.env.CI) && process.env.CI !== 'false'

/** Another worker may be building right now; a build takes a few seconds. */
const BUILD_DEADLINE_MS = 60_000
/** Ends what hangs; it judges no speed, for a busy machine can stand still for seconds. */
const PATIENCE_MS = 30_000
const POLL_MS = 10

/** Builds `out/` when it is stale. One worker at a time: the lock is SQLite's, which no crash can leave behind. */
export function buildOnce(): void {
  if (process.env.LANDALE_BUILD) return
  mkdirSync(join(root, 'out'), { recursive: true })
  const lock = new Database(join(root, 'out', '.build.lock'), { timeout: BUILD_DEADLINE_MS })
  try {
    lock.exec('BEGIN EXCLUSIVE')
    ensureBuilt()
  } finally {
    lock.close()
  }
}

/** Why the tests that need this program can't run, or null. In CI that is a failure, never a skipped test. */
export function mustHave(missing: string | null): string | null {
  if (missing !== null && inCi) throw new Error(`${missing}: CI must have it; see .ci/run`)
  return missing
}

/** Signs the hub in to this Twitch from the start. */
export function twitchEnvironment(twitch: FakeTwitch): Record<string, string> {
  const { accessToken, refreshToken } = twitch.issueTokens()
  return {
    LANDALE_TWITCH_CLIENT_ID: twitch.clientId,
    LANDALE_TWITCH_ACCESS_TOKEN: accessToken,
    LANDALE_TWITCH_REFRESH_TOKEN: refreshToken,
    LANDALE_TWITCH_MOCK_PORT: String(twitch.port),
  }
}

type Seen = Pick<RunningHub, 'http' | 'controlToken'>

/** `GET <path>` with the control token, as JSON. */
export async function getJson(hub: Seen, path: string): Promise<unknown> {
  const response = await fetch(hub.http + path, { headers: { authorization: `Bearer ${hub.controlToken}` } })
  if (!response.ok) throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`)
  return response.json()
}

/** The log over HTTP, newest first, at most 1000. */
export async function readEvents(hub: Seen, ...types: string[]): Promise<StoredEnvelope[]> {
  const filter = types.length === 0 ? '' : `&type=${types.join()}`
  const { events } = (await getJson(hub, `/api/events?limit=1000${filter}`)) as { events: StoredEnvelope[] }
  return events
}

/** A page's client, on plain Node. */
export function connectPage(hub: Seen, token: string | null = hub.controlToken): HubClient {
  return createHubClient({ url: hub.http, token, WebSocket: WebSocket as never })
}

/** Follows a state and answers its newest value; throws while there is none. */
export function follow<K extends StateTopic>(page: HubClient, topic: K): () => StateTopics[K] {
  let value: StateTopics[K] | undefined
  page.state(topic, (next) => {
    value = next
  })
  return () => {
    if (value === undefined) throw new Error(`${topic} was not heard yet`)
    return value
  }
}

/** Resolves with the first answer that is neither undefined, null nor false. Rejects, saying `what`, when there is none. */
export async function until<T>(
  what: string,
  look: () => T | undefined | null | false | Promise<T | undefined | null | false>,
  patienceMs: number = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + patienceMs
  let problem: unknown
  for (;;) {
    try {
      const found = await look()
      problem = undefined
      if (found !== undefined && found !== null && found !== false) return found
    } catch (error) {
      problem = error
    }
    if (performance.now() > deadline)
      throw new Error(`waited ${patienceMs / 1000} s in vain: ${what}`, { cause: problem })
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
}

/** Every topic is subscribed and what was missed is read back. */
export async function twitchIsReady(state: () => StateTopics['state:twitch']): Promise<void> {
  await until('every Twitch topic active', () => {
    const { topics } = state()
    return topics.length > 0 && topics.every(({ status }) => status.status === 'active')
  })
}
