/**
 * What the standing contents say right now: those of viewers by their figures, all others by the features that offer them.
 * Knows no layer and no show. A content that can't be read says nothing; the log tells why.
 */
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import { type Content, type StandingContentType, standingContentTypes } from '../../../contracts/content.ts'
import type { Logger } from '../../kernel/log.ts'
import type { ContentProvider } from '../../kernel/ports/content-provider.ts'
import { type ViewerContentType, type ViewerStats, viewerContentTypes } from './viewer-stats.ts'

export type Providers = ReadonlyMap<StandingContentType, ContentProvider>

/** Throws when two offer the same type: a mistake in the composition. */
export function providersByType(all: readonly ContentProvider[]): Providers {
  const providers = new Map<StandingContentType, ContentProvider>()
  for (const provider of all) {
    for (const type of provider.types) {
      if (providers.has(type) || isViewerContent(type)) throw new Error(`the content "${type}" has two providers`)
      providers.set(type, provider)
    }
  }
  return providers
}

export class Contents {
  readonly #providers: Providers
  readonly #viewers: { readonly current: Pick<ViewerStats, 'read'> }
  readonly #log: Pick<Logger, 'error'>

  /** `viewers.current`: the figures that are shown, which are others while the simulator plays. */
  constructor(
    providers: Providers,
    viewers: { readonly current: Pick<ViewerStats, 'read'> },
    log: Pick<Logger, 'error'>,
  ) {
    this.#providers = providers
    this.#viewers = viewers
    this.#log = log
  }

  /** Of what other features offer; the figures of viewers change with every event that counts. */
  onDidChange(listener: () => void): Disposable {
    const listening = new DisposableStore()
    for (const provider of new Set(this.#providers.values())) listening.add(provider.onDidChange(listener))
    return listening
  }

  /** Null while it has nothing to say. */
  read(type: StandingContentType): Content | null {
    if (isViewerContent(type)) return this.#viewers.current.read(type)
    try {
      return this.#providers.get(type)?.read(type) ?? null
    } catch (error) {
      this.#log.error({ err: error, type }, 'a content could not be read; it is left out')
      return null
    }
  }

  /** What has something to say, in a fixed order. */
  available(): StandingContentType[] {
    return standingContentTypes.filter((type) => this.read(type) !== null)
  }
}

function isViewerContent(type: StandingContentType): type is ViewerContentType {
  return (viewerContentTypes as readonly StandingContentType[]).includes(type)
}
