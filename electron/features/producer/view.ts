/** The producer as pages see it: the state topic's value, made of the machine and of what each content says right now. */
import {
  type Content,
  type ContentLayer,
  contentLayers,
  type LayerItem,
  type StandingContentType,
} from '../../../contracts/content.ts'
import type { CurrentShow, ProducerState, WaitingItem } from '../../../contracts/state/producer.ts'
import { type ItemContent, type MachineState, ranked, roundOf, type Standing, standingOn } from './machine.ts'

/** As many as a dashboard shows. */
const QUEUE_MAX = 50

/** What a standing content says; null while it has nothing to say. */
export type ReadContent = (type: StandingContentType) => Content | null

/** All but the goals, which are not the machine's. */
export function viewOf(state: MachineState, read: ReadContent): Omit<ProducerState, 'goals'> {
  const standing = contentLayers.map((layer) => standingOn(state, layer))
  const seen = new Set(standing.map((item) => item?.id))
  const { ticker, takeover } = state
  return {
    show: showOf(state),
    layers: Object.fromEntries(
      contentLayers.map((layer, index) => [layer, itemOf(standing[index] ?? null, read)]),
    ) as Record<ContentLayer, LayerItem | null>,
    ticker: { items: roundOf(state).map(({ type }) => type), index: ticker.index, isPaused: state.isAlertShowing },
    takeover,
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

function itemOf(standing: Standing | null, read: ReadContent): LayerItem | null {
  if (!standing) return null
  const content = contentOf(standing.content, read)
  if (!content) return null
  const { id, layer, priority, startedAt, endsAt } = standing
  return { id, layer, priority, startedAt, endsAt, content }
}

function contentOf(content: ItemContent, read: ReadContent): Content | null {
  return content.type === 'message' || content.type === 'sub-train' ? content : read(content.type)
}
