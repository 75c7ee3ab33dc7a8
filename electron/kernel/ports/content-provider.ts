/** Who has content for the omnibar: a feature offers some types and says when one has changed. The producer reads them. */
import type { Event } from '../../../base/emitter.ts'
import type { ContentOf, StandingContentType } from '../../../contracts/content.ts'

export interface ContentProvider {
  /** Each type has one provider. */
  readonly types: readonly StandingContentType[]
  /** As it is now; null while there is nothing to show. Never asks a store: it is read at every change. */
  read(type: StandingContentType): ContentOf<StandingContentType> | null
  /** One of its types has changed. */
  readonly onDidChange: Event<StandingContentType>
}
