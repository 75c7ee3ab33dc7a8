import type { ContentLayer, ContentType, Goal, LayerItem } from '../content.ts'
import type { PicturedFragment } from '../pictures.ts'
import type { Show, ShowTheme, TakeoverType, TickerEntry } from '../show.ts'

export interface CurrentShow {
  id: string
  name: string
  theme: ShowTheme
  /** `#rrggbb` instead of the theme's own; null: that one. */
  accent: string | null
  mode: 'auto' | 'manual'
  /** What chose it: the streamer, the category's id, its name, or nothing. */
  why: 'manual' | 'category-id' | 'category-name' | 'default'
  /** The channel's, once it is known. */
  category: { id: string; name: string } | null
}

interface TickerState {
  /** In the order they come; weights are spread. */
  items: TickerEntry['type'][]
  /** Of the one whose turn it is; 0 when there are none. */
  index: number
  /** Time stands still while an alert is on screen. */
  isPaused: boolean
}

export interface Takeover {
  id: string
  type: TakeoverType
  message: string | null
  /** `message`, cut at its emotes; missing where there are none. */
  fragments?: PicturedFragment[]
  startedAt: number
  /** Null: until it is cleared. */
  endsAt: number | null
}

/** A content that is there but does not stand on its layer, because another has a higher priority or came later. */
export interface WaitingItem {
  id: string
  type: ContentType
  layer: ContentLayer
  priority: number
  startedAt: number
  endsAt: number | null
}

export interface ProducerState {
  show: CurrentShow
  /** Per layer the one that wins: highest priority, then newest. Nothing stands where null is. */
  layers: Record<ContentLayer, LayerItem | null>
  ticker: TickerState
  takeover: Takeover | null
  /** Highest priority first, then newest; at most 50. */
  queue: WaitingItem[]
  /** As they are drawn by `stream-goals`. */
  goals: Goal[]
  /** Every show with its table. */
  shows: Show[]
}
