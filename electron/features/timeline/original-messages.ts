/** What the original's clients ask on their topics, answered in the original's envelope. */
import { z } from 'zod'
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { CommandName } from '../../../contracts/commands.ts'
import type { Scope } from '../../../contracts/scopes.ts'
import type { Channels } from '../../kernel/channels/channels.ts'
import type { Actor, Commands } from '../../kernel/commands.ts'

/** Whoever may ask on a topic may join it: an overlay's token only its own. */
const ORIGINAL_TOPICS: readonly { topic: string; scopes: readonly Scope[] }[] = [
  { topic: 'events:*', scopes: ['read'] },
  { topic: 'dashboard:*', scopes: ['read'] },
  { topic: 'overlay:*', scopes: ['read', 'overlay'] },
]

const sceneSchema = z.object({ scene_name: z.string() })

/** A message of the original and the command it is today. */
const CONTROL: Record<string, { command: CommandName; args: (payload: unknown) => Record<string, unknown> }> = {
  'obs:start_streaming': { command: 'obs.stream.start', args: () => ({}) },
  'obs:stop_streaming': { command: 'obs.stream.stop', args: () => ({}) },
  'obs:start_recording': { command: 'obs.recording.start', args: () => ({}) },
  'obs:stop_recording': { command: 'obs.recording.stop', args: () => ({}) },
  'obs:set_current_scene': {
    command: 'obs.scene.set',
    args: (payload) => {
      const parsed = sceneSchema.safeParse(payload)
      return parsed.success ? { scene: parsed.data.scene_name } : {}
    },
  },
}

export function addOriginalMessages(channels: Channels, commands: Commands): Disposable {
  const owned = new DisposableStore()
  for (const { topic, scopes } of ORIGINAL_TOPICS) {
    owned.add(channels.onMessage({ topic, event: 'ping', scopes, handle: () => success({ pong: true }) }))
  }
  for (const [event, { command, args }] of Object.entries(CONTROL)) {
    owned.add(
      channels.onMessage({
        topic: 'dashboard:*',
        event,
        scopes: ['obs'],
        handle: (payload, { actor }) => asOriginal(commands, command, args(payload), actor),
      }),
    )
  }
  return owned
}

async function asOriginal(commands: Commands, command: CommandName, args: Record<string, unknown>, actor: Actor) {
  const answer = await commands.invoke(command, args, actor)
  if (answer.status === 'committed') return success(answer.result)
  const { code, message } = answer.error
  return { success: false, error: { code, message, timestamp: new Date().toISOString() } }
}

function success(data: unknown) {
  return { success: true, data, meta: { timestamp: new Date().toISOString(), server_version: '1.0.0' } }
}
