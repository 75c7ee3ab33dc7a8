/**
 * Captions: the last words the streamer said. What is said for good is an event, and is shown when it is stored; what may
 * still change is shown at once and kept nowhere. Pages let them fade by themselves. Knows neither microphone nor model.
 */
import type { Clock } from '../../../base/clock.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { CaptionsState } from '../../../contracts/state/displays.ts'
import type { Bus, StoredEvent } from '../../kernel/bus.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import type { Commands } from '../../kernel/commands.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'

export interface CaptionsOptions {
  bus: Pick<Bus, 'publish' | 'on'>
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  clock: Clock
}

/** More than two lines of them are never seen at once. */
const MAX_LINES = 3
const MAX_CHARACTERS = 300

export function createCaptions(options: CaptionsOptions): Service {
  return {
    id: 'captions',
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const owned = openCaptions(options)
      try {
        await untilAborted(signal)
      } finally {
        owned.dispose()
      }
    },
  }
}

function openCaptions({ bus, commands, channels, clock }: CaptionsOptions): DisposableStore {
  const owned = new DisposableStore()
  const state = owned.add(channels.state('state:captions', { lines: [], interim: null }))
  owned.add(bus.on(['transcription.line.heard'], (event) => hear(state, event, clock.now())))
  owned.add(
    commands.handle('transcription.submit', async ({ text, isFinal, ...about }, { id, correlationId }) => {
      if (!isFinal) {
        state.update((draft) => {
          draft.interim = { text: ending(text), at: clock.now() }
        })
        return {}
      }
      const { durationMs = null, confidence = null, sourceId = null, sessionId = null } = about
      const payload = { text, durationMs, confidence, sourceId, sessionId }
      const causedBy = { id, correlationId }
      await bus.publish({ type: 'transcription.line.heard', source: 'transcription', payload, causedBy })
      return {}
    }),
  )
  owned.add(
    commands.handle('captions.clear', () => {
      state.update((draft) => {
        draft.lines = []
        draft.interim = null
      })
      return {}
    }),
  )
  return owned
}

/** It takes the place of what was understood of it before. */
function hear(
  state: StateHandle<CaptionsState>,
  { id, payload }: StoredEvent<'transcription.line.heard'>,
  at: number,
): void {
  state.update((draft) => {
    draft.interim = null
    draft.lines = [...draft.lines, { id, text: ending(payload.text), at }].slice(-MAX_LINES)
  })
}

/** Only the end of a long speech is ever seen. */
function ending(text: string): string {
  const characters = [...text]
  return characters.length > MAX_CHARACTERS ? characters.slice(-MAX_CHARACTERS).join('') : text
}
