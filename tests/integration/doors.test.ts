/**
 * Pages of other origins, driven in a real browser, try every door of the hub, also with a stolen token, and get
 * nothing. Each attack is tried from our own page as well, where it works: so it is the door that holds, and not the
 * attack that is wrong.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { AlertsState } from '../../contracts/state/alerts.ts'
import { TestHub } from '../../electron/kernel/channels/test-hub.ts'
import { hasChromium, launchChromium } from './chromium.ts'

/** Names of strangers, some of which a careless check takes for us. */
const STRANGE_NAMES = ['evil.example', '127.attacker.example', 'localhost.evil.example', '127.0.0.1.nip.example']

let browser: Browser
let attacker: Server
let attackerPort: number
let root: string
let hub: TestHub
let page: Page

beforeAll(async () => {
  if (!hasChromium) return
  root = mkdtempSync(join(tmpdir(), 'landale-doors-'))
  for (const folder of ['renderer', 'overlays/stage', 'assets']) mkdirSync(join(root, folder), { recursive: true })
  writeFileSync(join(root, 'renderer/index.html'), '<!doctype html><title>dashboard</title>')
  writeFileSync(join(root, 'overlays/stage/index.html'), '<!doctype html><title>stage</title>')
  writeFileSync(join(root, 'assets/app.js'), 'window.landaleRan = true')
  writeFileSync(join(root, 'assets/icon.svg'), '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>')
  attacker = createServer((_, response) =>
    response.setHeader('content-type', 'text/html').end('<!doctype html><p>hello'),
  )
  await new Promise<void>((resolve) => attacker.listen(0, '127.0.0.1', resolve))
  attackerPort = (attacker.address() as AddressInfo).port
  browser = await launchChromium(STRANGE_NAMES)
})
afterAll(async () => {
  if (!hasChromium) return
  await browser.close()
  attacker.close()
  rmSync(root, { recursive: true })
})

beforeEach(async () => {
  if (!hasChromium) return
  hub = new TestHub({ staticRoot: root })
  hub.http.routes.add({ method: 'GET', path: '/health', scope: null, summary: 's', handle: () => ({ ok: true }) })
  hub.channels.state('state:alerts', { paused: false } as AlertsState)
  await hub.start()
  page = await browser.newPage()
})
afterEach(async () => {
  if (!hasChromium) return
  await page.close()
  await hub.stop()
})

/** What a page can do to the hub, each answering what it got. Runs in the browser. */
async function tryEveryDoor({ hubUrl, token }: { hubUrl: string; token: string }): Promise<Record<string, unknown>> {
  const outcome = async (attempt: () => Promise<unknown>) => {
    try {
      return await attempt()
    } catch {
      return 'nothing'
    }
  }
  const read = (path: string, init: RequestInit = {}) =>
    outcome(async () => {
      const response = await fetch(hubUrl + path, init)
      return response.type === 'opaque' ? 'nothing' : response.ok ? await response.text() : 'nothing'
    })
  const element = (tag: 'script' | 'img', source: string) =>
    new Promise((resolve) => {
      const node = document.createElement(tag)
      node.onload = () => resolve('loaded')
      node.onerror = () => resolve('nothing')
      node.src = hubUrl + source
      document.body.append(node)
    })
  const socket = (path: string, join: unknown) =>
    new Promise((resolve) => {
      const webSocket = new WebSocket(hubUrl.replace('http', 'ws') + path)
      webSocket.onopen = () => webSocket.send(JSON.stringify(join))
      webSocket.onmessage = ({ data }) => {
        resolve(data)
        webSocket.close()
      }
      webSocket.onclose = () => resolve('nothing')
    })
  const command = '/api/commands/obs.stream.stop'
  const authorization = `Bearer ${token}`
  const body = '{}'
  const json = { 'content-type': 'application/json' }
  // Answers nothing to the page; whether it reached the hub is for the test to see.
  navigator.sendBeacon(hubUrl + command, body)
  return {
    read: await read('/health'),
    readBlind: await read('/health', { mode: 'no-cors' }),
    readCommands: await read('/api/commands', { headers: { authorization } }),
    command: await read(command, { method: 'POST', headers: { ...json, authorization }, body }),
    commandWithoutToken: await read(command, { method: 'POST', headers: json, body }),
    commandBlind: await read(command, { method: 'POST', mode: 'no-cors', body }),
    commandAsText: await read(command, { method: 'POST', headers: { 'content-type': 'text/plain' }, body }),
    commandWithCookies: await read(command, { method: 'POST', credentials: 'include', mode: 'no-cors', body }),
    script: await element('script', '/assets/app.js'),
    scriptRan: 'landaleRan' in window ? 'loaded' : 'nothing',
    image: await element('img', '/assets/icon.svg'),
    socket: await socket(`/socket/websocket?vsn=2.0.0&token=${token}`, ['1', '1', 'state:alerts', 'phx_join', {}]),
    socketOldVersion: await socket(`/socket/websocket?token=${token}`, {
      topic: 'state:alerts',
      event: 'phx_join',
      payload: {},
      ref: '1',
    }),
    stream: await new Promise((resolve) => {
      const source = new EventSource(`${hubUrl}/health`)
      source.onerror = () => resolve('nothing')
      source.onmessage = ({ data }) => resolve(data)
    }),
  }
}

async function expectNothing(outcomes: Record<string, unknown>): Promise<void> {
  expect(Object.entries(outcomes).filter(([, outcome]) => outcome !== 'nothing')).toEqual([])
  // What was sent blindly may still be on its way.
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(hub.invoked).toEqual([])
  expect(hub.channels.stats).toMatchObject({ sockets: 0, messages: 0 })
}

describe.skipIf(!hasChromium)('a page in Chromium', () => {
  it('of our own gets in by every honest door', async () => {
    await page.goto(`${hub.url}/dashboard`)
    const outcomes = await page.evaluate(tryEveryDoor, { hubUrl: hub.url, token: 'control-secret' })
    expect(outcomes).toMatchObject({
      read: '{"ok":true}',
      readCommands: expect.stringContaining('obs.stream.stop'),
      command: expect.stringContaining('committed'),
      script: 'loaded',
      scriptRan: 'loaded',
      image: 'loaded',
      socket: expect.stringContaining('snapshot'),
      socketOldVersion: expect.stringContaining('snapshot'),
    })
    expect(hub.invoked.map(({ name }) => name)).toContain('obs.stream.stop')
  })

  it('[W2] of our own without a token joins nothing', async () => {
    await page.goto(`${hub.url}/dashboard`)
    const outcomes = await page.evaluate(tryEveryDoor, { hubUrl: hub.url, token: '' })
    expect(outcomes.socket).toContain('unauthorized')
    expect(outcomes).toMatchObject({ command: 'nothing', readCommands: 'nothing', commandWithoutToken: 'nothing' })
    expect(hub.invoked).toEqual([])
  })

  it.each(STRANGE_NAMES)('[W21] of http://%s gets nothing, even with the control token', async (name) => {
    await page.goto(`http://${name}:${attackerPort}/`)
    await expectNothing(await page.evaluate(tryEveryDoor, { hubUrl: hub.url, token: 'control-secret' }))
    const byName = `http://localhost:${hub.port}`
    await expectNothing(await page.evaluate(tryEveryDoor, { hubUrl: byName, token: 'control-secret' }))
  })

  it('[W21] of another port of this machine gets nothing', async () => {
    await page.goto(`http://127.0.0.1:${attackerPort}/`)
    await expectNothing(await page.evaluate(tryEveryDoor, { hubUrl: hub.url, token: 'control-secret' }))
  })

  it('[W21] with no origin of its own (sandboxed, data:) gets nothing', async () => {
    await page.goto(`http://evil.example:${attackerPort}/`)
    const sandboxed = await page.evaluateHandle(() => {
      const frame = document.createElement('iframe')
      frame.setAttribute('sandbox', 'allow-scripts')
      frame.srcdoc = '<p>sandboxed'
      document.body.append(frame)
      return new Promise<HTMLIFrameElement>((resolve) => {
        frame.onload = () => resolve(frame)
      })
    })
    const frame = await sandboxed.asElement()?.contentFrame()
    if (!frame) throw new Error('the sandboxed frame did not load')
    expect(await frame.evaluate(() => self.origin)).toBe('null')
    await expectNothing(await frame.evaluate(tryEveryDoor, { hubUrl: hub.url, token: 'control-secret' }))
  })

  it.each(STRANGE_NAMES)('[W20] whose name %s was rebound to us gets nothing', async (name) => {
    // The page came from the attacker; by now its name leads to the hub, so all is "same origin" to the browser.
    const rebound = `http://${name}:${hub.port}`
    await page.route(`${rebound}/`, (route) =>
      route.fulfill({ contentType: 'text/html', body: '<!doctype html><p>hi' }),
    )
    await page.goto(`${rebound}/`)
    await expectNothing(await page.evaluate(tryEveryDoor, { hubUrl: rebound, token: 'control-secret' }))
  })

  it('[W26] can not frame our pages', async () => {
    await page.goto(`http://evil.example:${attackerPort}/`)
    for (const path of ['/dashboard', '/overlay/main']) {
      await page.evaluate(
        (source) =>
          new Promise((resolve) => {
            const frame = document.createElement('iframe')
            frame.onload = resolve
            frame.src = source
            document.body.append(frame)
          }),
        hub.url + path,
      )
    }
    const titles = await Promise.all(
      page
        .frames()
        .slice(1)
        .map((frame) => frame.title().catch(() => '')),
    )
    expect(titles.length).toBe(2)
    expect(titles.filter((title) => title === 'dashboard' || title === 'stage')).toEqual([])
  })

  it('[W26] has no hold on a window of ours that it opens', async () => {
    await page.goto(`http://evil.example:${attackerPort}/`)
    const opened = page.context().waitForEvent('page')
    await page.evaluate((url) => Object.assign(window, { hold: window.open(url) }), `${hub.url}/dashboard`)
    const ours = await opened
    // Until our page has answered, the new window is an empty one of the attacker's own.
    await ours.waitForURL(`${hub.url}/dashboard`)
    expect(await ours.title()).toBe('dashboard')
    expect(await ours.evaluate(() => window.opener)).toBeNull()
    const seen = await page.evaluate(() => {
      const { hold } = window as unknown as { hold: Window | null }
      try {
        return hold?.document.title ?? 'nothing'
      } catch {
        return 'nothing'
      }
    })
    expect(seen).toBe('nothing')
    await ours.close()
  })

  it('[W21] can not post a form to us', async () => {
    await page.goto(`http://evil.example:${attackerPort}/`)
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      await page.goto(`http://evil.example:${attackerPort}/`)
      await page.evaluate(
        ({ action, type }) => {
          const form = document.createElement('form')
          Object.assign(form, { method: 'POST', action, enctype: type })
          const input = document.createElement('input')
          Object.assign(input, { name: '{"a":"', value: '"}' })
          form.append(input)
          document.body.append(form)
          form.submit()
        },
        { action: `${hub.url}/api/commands/obs.stream.stop`, type },
      )
      await page.waitForURL(`${hub.url}/**`)
      expect(await page.textContent('body')).toContain('origin_not_allowed')
    }
    expect(hub.invoked).toEqual([])
  })
})
