import { expect, test, vi } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { ProbedSocket, type WebSocketLike } from './probed-socket.ts'

ensureNoLeaks()

const CLOSING = 2

/** A socket whose other side can say goodbye. */
class NearSocket implements WebSocketLike {
  static last: NearSocket | undefined
  binaryType = ''
  readyState = 0
  bufferedAmount = 0
  onopen: ((event: never) => void) | null = null
  onerror: ((event: never) => void) | null = null
  onmessage: ((event: never) => void) | null = null
  onclose: ((event: never) => void) | null = null
  readonly sent: string[] = []

  constructor() {
    NearSocket.last = this
  }

  open(): void {
    this.readyState = 1
    this.onopen?.({} as never)
  }

  hearGoodbye(): void {
    this.readyState = CLOSING
  }

  send(data: string): void {
    this.sent.push(data)
  }

  close(): void {
    this.readyState = 3
  }
}

test('a line that the hub is closing is not open: what is sent meanwhile waits for the next', async () => {
  const socket = new ProbedSocket('ws://127.0.0.1:1/socket', {
    WebSocket: NearSocket,
    probe: () => Promise.resolve(true),
    clock: systemClock,
  })
  await vi.waitFor(() => expect(NearSocket.last).toBeDefined())
  NearSocket.last?.open()
  expect(socket.readyState).toBe(1)
  NearSocket.last?.hearGoodbye()
  expect(socket.readyState).toBe(CLOSING)
  socket.send('late')
  expect(NearSocket.last?.sent).toEqual([])
  socket.close()
})
