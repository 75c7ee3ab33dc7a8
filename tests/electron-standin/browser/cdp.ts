/** The debugging protocol over a WebSocket: the stand-in opens a port, because Playwright wants one. */
import { WebSocket } from 'ws'
import { CdpConnection } from '../../../electron/features/compositor/chromium/cdp.ts'

export type { CdpSession, EventName, EventPayload } from '../../../electron/features/compositor/chromium/cdp.ts'

const MAX_MESSAGE_BYTES = 256 * 1024 * 1024

/** Connects to a `ws://…/devtools/browser/…` address; rejects when nothing answers there. */
export async function connectCdp(url: string): Promise<CdpConnection> {
  const socket = new WebSocket(url, { perMessageDeflate: false, maxPayload: MAX_MESSAGE_BYTES })
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve)
    socket.once('error', reject)
  })
  return new CdpConnection({
    get isOpen() {
      return socket.readyState === WebSocket.OPEN
    },
    send: (text) => socket.send(text),
    close: () => socket.close(),
    listen(onMessage, onClose) {
      socket.on('message', (data) => onMessage(String(data)))
      socket.on('error', () => {})
      socket.on('close', onClose)
    },
  })
}
