/** One client in one topic: the link between the two, and the way pushes of that topic reach that client. */
import type { MessageRef } from '../../../contracts/wire.ts'
import type { Broadcast } from './broadcast.ts'
import type { ClientSocket } from './client-socket.ts'

export class Joined {
  readonly client: ClientSocket
  readonly topic: string
  readonly joinRef: MessageRef

  constructor(client: ClientSocket, topic: string, joinRef: MessageRef) {
    this.client = client
    this.topic = topic
    this.joinRef = joinRef
  }

  /** Writes the bytes that all clients of the same version share. */
  send(broadcast: Broadcast): void {
    this.client.write(broadcast.frame(this.client.version))
  }

  /** Writes a push for this client alone. */
  push(event: string, payloadJson: string): void {
    this.client.send({ joinRef: this.joinRef, ref: null, topic: this.topic, event, payloadJson })
  }
}
