import type { IpcMainInvokeEvent } from 'electron'
import { describe, expect, test } from 'vitest'
import { ensureNoLeaks } from '../../base/testing/no-leaks.ts'
import { serveDashboard } from './dashboard-ipc.ts'
import { createFakeLog } from './fake-window.ts'

const ORIGIN = 'http://127.0.0.1:7175'

type Handler = (event: IpcMainInvokeEvent, ...args: unknown[]) => unknown

function setUp() {
  const handlers = new Map<string, Handler>()
  const log = createFakeLog()
  const calls: string[] = []
  const served = serveDashboard({
    ipcMain: {
      handle: (channel, handler) => void handlers.set(channel, handler),
      removeHandler: (channel) => void handlers.delete(channel),
    },
    contentsId: 7,
    origin: ORIGIN,
    handlers: {
      'dashboard/control-token': () => 'secret',
      'dashboard/quit': () => {
        calls.push('quit')
        return undefined
      },
      'dashboard/toggle-kiosk': () => true,
    },
    log,
  })
  const call = (channel: string, event: object, ...args: unknown[]) =>
    handlers.get(channel)?.(event as IpcMainInvokeEvent, ...args)
  return { handlers, log, calls, served, call }
}

const frame = { parent: null, origin: ORIGIN, url: `${ORIGIN}/` }
const dashboard = { sender: { id: 7 }, senderFrame: frame }

describe('dashboard IPC', () => {
  ensureNoLeaks()

  test('answers the dashboard', () => {
    const { call, served, calls } = setUp()
    expect(call('dashboard/control-token', dashboard)).toBe('secret')
    expect(call('dashboard/toggle-kiosk', dashboard)).toBe(true)
    call('dashboard/quit', dashboard)
    expect(calls).toEqual(['quit'])
    served.dispose()
  })

  test.each([
    ['another window', { ...dashboard, sender: { id: 8 } }, 'not the dashboard'],
    ['a frame that has gone', { ...dashboard, senderFrame: null }, 'frame that asked is gone'],
    ['a frame inside the page', { ...dashboard, senderFrame: { ...frame, parent: frame } }, 'top frame'],
    ['another origin', { ...dashboard, senderFrame: { ...frame, origin: 'http://evil.example' } }, 'from the hub'],
    ['a look-alike', { ...dashboard, senderFrame: { ...frame, origin: `${ORIGIN}.evil.example` } }, 'from the hub'],
    ['an opaque origin', { ...dashboard, senderFrame: { ...frame, origin: 'null' } }, 'from the hub'],
  ])('rejects %s on every channel, and says so in the log', (_who, event, why) => {
    const { handlers, call, log, calls, served } = setUp()
    for (const channel of handlers.keys()) expect(() => call(channel, event)).toThrow(why)
    expect([log.messages.length, calls]).toEqual([3, []])
    served.dispose()
  })

  test('rejects arguments where none are taken', () => {
    const { call, served } = setUp()
    expect(() => call('dashboard/control-token', dashboard, { path: '/' })).toThrow('no arguments')
    served.dispose()
  })

  test('is silent once disposed', () => {
    const { handlers, served } = setUp()
    served.dispose()
    expect(handlers.size).toBe(0)
  })
})
