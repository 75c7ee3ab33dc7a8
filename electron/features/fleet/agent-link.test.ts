import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import type { WebSocket } from 'ws'
import { FakeClock } from '../../../base/testing/fake-clock.ts'
import { AgentLink, FRAME_BURST, FRAMES_PER_SECOND, MAX_UNREAD_BYTES } from './agent-link.ts'

/** The socket's side: what is sent stays unread as long as a test says. */
class StubSocket extends EventEmitter {
  bufferedAmount = 0
  readonly sent: string[] = []
  readonly closed: [code: number, reason: string][] = []

  send(text: string): void {
    this.sent.push(text)
  }

  close(code: number, reason: string): void {
    this.closed.push([code, reason])
  }

  ping(): void {}

  terminate(): void {
    this.emit('close', 1006, Buffer.from(''))
  }
}

function setUp() {
  const clock = new FakeClock()
  const socket = new StubSocket()
  const heard: string[] = []
  const ends: string[] = []
  const listener = { onFrame: ({ t }: { t: string }) => heard.push(t), onEnd: (reason: string) => ends.push(reason) }
  const link = new AgentLink(socket as unknown as WebSocket, '127.0.0.1', { clock, counts: { frames: 0 } }, listener)
  const say = (text = '{"t":"accepted","id":"1"}') => socket.emit('message', Buffer.from(text), false)
  return { clock, socket, heard, ends, link, listener, say }
}

it('ends with one that does not read what it is told', () => {
  const { link, socket, ends, say, heard } = setUp()
  link.send({ t: 'ack', seq: 1 })
  socket.bufferedAmount = MAX_UNREAD_BYTES + 1
  link.send({ t: 'ack', seq: 2 })
  link.send({ t: 'ack', seq: 3 })
  say()
  expect(socket.closed).toEqual([[4429, 'answers were not read']])
  expect([socket.sent.length, ends, heard]).toEqual([2, ['it does not read what it is told'], []])
})

it('ends with one that only asks whether the hub is there, and does not read that it is', () => {
  const { socket } = setUp()
  socket.bufferedAmount = MAX_UNREAD_BYTES + 1
  socket.emit('ping', Buffer.from(''))
  expect(socket.closed).toEqual([[4429, 'answers were not read']])
})

it('bears as many frames a second as a busy machine has, for ever', async () => {
  const { link, clock, say, heard, listener, socket } = setUp()
  link.adopt(listener)
  for (let second = 0; second < 60; second++) {
    for (let count = 0; count < FRAMES_PER_SECOND; count++) say()
    await clock.advance(1000)
  }
  expect([heard.length, socket.closed]).toEqual([60 * FRAMES_PER_SECOND, []])
  for (let count = 0; count <= FRAME_BURST; count++) say()
  expect(socket.closed).toEqual([[4429, 'more than 200 frames a second']])
})

it('tells once that it is over, with the reason that was first', () => {
  const { link, ends, socket } = setUp()
  link.fault('rev', '5 was to come')
  link.end(4409, 'another')
  link.cut('silence')
  socket.emit('close', 4400, Buffer.from(''))
  expect(socket.closed).toEqual([[4400, 'rev: 5 was to come']])
  expect(ends).toEqual(["it sent something that can't be read (rev: 5 was to come)"])
})

it('says why it broke, as far as is known', () => {
  for (const [before, code, reason, text] of [
    [undefined, 1006, '', 'the line broke'],
    [new Error('read ECONNRESET'), 1006, '', 'read ECONNRESET'],
    [undefined, 1001, 'the agent ends this link', 'the agent ends this link'],
    [undefined, 1000, '', 'the line was closed (1000)'],
  ] as const) {
    const { socket, ends } = setUp()
    if (before) socket.emit('error', before)
    socket.emit('close', code, Buffer.from(reason))
    expect(ends).toEqual([text])
  }
})
