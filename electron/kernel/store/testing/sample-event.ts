/** An event like any other, for tests. */
import { v7 as uuidv7 } from 'uuid'
import type { AnyEnvelope } from '../../../../contracts/envelope.ts'

export function sampleEvent(payload: Record<string, unknown> = { message: 'hello' }): AnyEnvelope {
  const id = uuidv7()
  return { id, type: 'twitch.channel.chat.message', source: 'twitch', at: Date.now(), correlationId: id, payload }
}
