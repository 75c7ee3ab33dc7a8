/** The services' words on disk, so that a start without the internet knows those of the last time. */
import { z } from 'zod'
import { type EmoteProviderName, emoteProviderSchema } from '../../../contracts/pictures.ts'
import { parseJson } from '../../kernel/parse-json.ts'
import type { EmoteWord } from '../../kernel/ports/emote-provider.ts'
import type { Migration, Statement, Store } from '../../kernel/store/store.ts'
import type { WordSet } from './emote-dictionary.ts'

export const picturesMigrations: readonly Migration[] = [
  {
    id: 'pictures/1',
    sql: `CREATE TABLE emote_words (
      provider TEXT NOT NULL,
      channel_id TEXT NOT NULL,
      fetched_at INTEGER NOT NULL,
      words TEXT NOT NULL,
      PRIMARY KEY (provider, channel_id)
    ) STRICT`,
  },
]

/** Stands for every channel. */
const EVERY_CHANNEL = ''

export interface KeptWords extends WordSet {
  /** ms epoch */
  fetchedAt: number
}

const wordsSchema = z.array(z.tuple([z.string(), z.string()]))

interface Row {
  provider: string
  channel_id: string
  fetched_at: number
  words: string
}

/** What can't be read is left out: it is fetched again. */
export async function loadWords(store: Pick<Store, 'all'>): Promise<KeptWords[]> {
  const rows = await store.all<Row>('SELECT provider, channel_id, fetched_at, words FROM emote_words')
  return rows.flatMap((row) => {
    const provider = emoteProviderSchema.safeParse(row.provider)
    const json = parseJson(row.words)
    const words = wordsSchema.safeParse(json.ok ? json.value : undefined)
    if (!provider.success || !words.success) return []
    const channelId = row.channel_id === EVERY_CHANNEL ? null : row.channel_id
    const pairs = words.data.map(([word, id]): EmoteWord => ({ word, id }))
    return [{ provider: provider.data, channelId, fetchedAt: row.fetched_at, words: pairs }]
  })
}

/** Those of a channel take the place of any other's: a hub has one. */
export function keepWords({ provider, channelId, fetchedAt, words }: KeptWords): Statement[] {
  const insert: Statement = {
    sql: 'REPLACE INTO emote_words (provider, channel_id, fetched_at, words) VALUES (?, ?, ?, ?)',
    params: [provider, channelId ?? EVERY_CHANNEL, fetchedAt, JSON.stringify(words.map(({ word, id }) => [word, id]))],
  }
  return channelId === null ? [insert] : [forgetChannel(provider), insert]
}

function forgetChannel(provider: EmoteProviderName): Statement {
  return { sql: 'DELETE FROM emote_words WHERE provider = ? AND channel_id <> ?', params: [provider, EVERY_CHANNEL] }
}
