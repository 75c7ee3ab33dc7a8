/**
 * One EventSub socket. Owns what ends without the other side's help; knows no message. Landale never sends on it: Twitch
 * closes whoever does.
 */
import { WebSocket } from 'ws'
import type { TwitchClose } from './policy.ts'

/** Twitch's frames are a few KiB; a larger one than this is not Twitch's, bytes. */
const MAX_FRAME_BYTES = 1024 * 1024

export interface TwitchSocketHandlers {
  /** Anything at all from the other side, also a ping. */
  onLife(): void
  onText(text: string): void
  /** Called once at most, and not after `abandon`. */
  onClose(close: TwitchClose): void
}

export interface TwitchSocket {
  /** Takes nothing more from the network until `resume`; the other side waits, nothing is lost. */
  pause(): void
  resume(): void
  /** Ends the socket at once. No handler is called any more. */
  abandon(): void
}

export type TwitchSocketFactory = (url: string, handlers: TwitchSocketHandlers) => TwitchSocket

export function openTwitchSocket(url: string, { onLife, onText, onClose }: TwitchSocketHandlers): TwitchSocket {
  const socket = new WebSocket(url, { maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false })
  let failure: string | undefined
  let isOpen = false
  socket.on('open', () => {
    isOpen = true
  })
  socket.on('ping', onLife)
  socket.on('message', (data) => {
    onLife()
    onText(data.toString())
  })
  socket.on('error', (error) => {
    failure = error.message
  })
  socket.on('close', (code, reason) => {
    onClose({ code: isOpen ? code : null, reason: reason.toString() || failure || '' })
  })
  return {
    pause: () => socket.pause(),
    resume: () => socket.resume(),
    abandon() {
      socket.removeAllListeners()
      // Ending a socket that is still connecting raises an error, and one without a listener would end the process.
      socket.on('error', () => {})
      if (socket.readyState === WebSocket.OPEN) socket.close(1000)
      socket.terminate()
    },
  }
}
