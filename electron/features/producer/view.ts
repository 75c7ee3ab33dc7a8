/** The producer as pages see it: the state topic's value, made of the machine and of what each content says right now. */
import {
  type Content,
  type ContentLayer,
  contentLayers,
  type LayerItem,
  type StandingContentType,
} from '../../../contracts/content.ts'
import { hasPicture, type PicturedFragment } from '../../../contracts/pictures.ts'
import type { CurrentShow, ProducerState, WaitingItem } from '../../../contracts/state/producer.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { type ItemContent, type MachineState, ranked, roundOf, type Standing, standingOn } from './machine.ts'

/** As many as a dashboard shows. */
const QUEUE_MAX = 50

/** What a standing content says; null while it has nothing to say. */
type ReadContent = (type: StandingContentType) => Content | null

/** What pages are told and the machine does not know. */
export interface ViewSources {
  read: ReadContent
  /** Which words of a message are emotes. */
  words: EmoteWords
}

/** All but the goals, which are not the machine's. */
export function viewOf(state: MachineState, sources: ViewSources): Omit<ProducerState, 'goals'> {
  const standing = contentLayers.map((layer) => standingOn(state, layer))
  const seen = new Set(standing.map((item) => item?.id))
  const { ticker, takeover } = state
  return {
    show: showOf(state),
    layers: Object.fromEntries(
      contentLayers.map((layer, index) => [layer, itemOf(standing[index] ?? null, sources)]),
    ) as Record<ContentLayer, LayerItem | null>,
    ticker: { items: roundOf(state).map(({ type }) => type), index: ticker.index, isPaused: state.isAlertShowing },
    takeover: takeover && { ...takeover, ...picturesOf(takeover.message ?? '', sources) },
    queue: ranked(state)
      .filter(({ id }) => !seen.has(id))
      .slice(0, QUEUE_MAX)
      .map(({ id, layer, priority, startedAt, endsAt, content: { type } }): WaitingItem => {
        return { id, type, layer, priority, startedAt, endsAt }
      }),
    shows: state.shows as ProducerState['shows'],
  }
}

function showOf({ show: id, shows, manual, why, category }: MachineState): CurrentShow {
  const show = shows.find((other) => other.id === id)
  const mode = manual === null ? 'auto' : 'manual'
  return {
    id,
    name: show?.name ?? id,
    theme: show?.theme ?? 'variety',
    accent: show?.accent ?? null,
    mode,
    why,
    category,
  }
}

function itemOf(standing: Standing | null, sources: ViewSources): LayerItem | null {
  if (!standing) return null
  const content = contentOf(standing.content, sources)
  if (!content) return null
  const { id, layer, priority, startedAt, endsAt } = standing
  return { id, layer, priority, startedAt, endsAt, content }
}

function contentOf(content: ItemContent, sources: ViewSources): Content | null {
  if (content.type === 'message') return { ...content, ...picturesOf(content.message, sources) }
  return content.type === 'sub-train' ? content : sources.read(content.type)
}

/** More than a message can show. */
const FRAGMENTS_MAX = 150

function picturesOf(text: string, { words }: ViewSources): { fragments?: PicturedFragment[] } {
  const fragments = words.cut([{ type: 'text', text, emote: null, cheermote: null }])
  return fragments.some(hasPicture) && fragments.length <= FRAGMENTS_MAX ? { fragments } : {}
}
