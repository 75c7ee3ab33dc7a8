import { PassThrough } from 'node:stream'
import { beforeEach, describe, expect, it } from 'vitest'
import { CdpConnection, pipeTransport } from './cdp.ts'

describe('the debugging protocol over a pipe', () => {
  let fromChromium: PassThrough
  let toChromium: PassThrough
  let connection: CdpConnection

  beforeEach(() => {
    fromChromium = new PassThrough()
    toChromium = new PassThrough()
    connection = new CdpConnection(pipeTransport(fromChromium, toChromium))
  })

  const say = (message: object) => fromChromium.write(`${JSON.stringify(message)}\0`)
  const settled = () => new Promise((resolve) => setImmediate(resolve))

  it('asks with a number and a zero byte at the end', () => {
    void connection.session('s1').send('Page.navigate', { url: 'about:blank' })
    const asked = { id: 1, method: 'Page.navigate', params: { url: 'about:blank' }, sessionId: 's1' }
    expect(String(toChromium.read())).toBe(`${JSON.stringify(asked)}\0`)
  })

  it('answers reach who asked, in any order; errors name the method', async () => {
    const first = connection.session().send('Browser.getVersion')
    const second = connection.session().send('Browser.close')
    const refused = expect(second).rejects.toThrow('Browser.close: no')
    say({ id: 2, error: { message: 'no' } })
    say({ id: 1, result: { product: 'Chrome/1' } })
    expect(await first).toEqual({ product: 'Chrome/1' })
    await refused
  })

  it('messages may be cut anywhere and come together', async () => {
    const heard: string[] = []
    connection.session('s1').on('Target.targetDestroyed', ({ targetId }) => heard.push(targetId))
    const message = (targetId: string) =>
      Buffer.from(`${JSON.stringify({ method: 'Target.targetDestroyed', sessionId: 's1', params: { targetId } })}\0`)
    const all = Buffer.concat(['ä', 'b', 'ö'].map(message))
    for (let at = 0; at < all.length; at += 7) {
      fromChromium.write(all.subarray(at, at + 7))
      await settled()
    }
    fromChromium.write(all)
    await settled()
    expect(heard).toEqual(['ä', 'b', 'ö', 'ä', 'b', 'ö'])
  })

  it('a session that was forgotten hears nothing, and what it asked is rejected', async () => {
    const heard: unknown[] = []
    const session = connection.session('s1')
    session.on('Inspector.targetCrashed', () => heard.push('crash'))
    const asked = expect(session.send('Page.enable')).rejects.toThrow('Page.enable: Chromium or its page is gone')
    connection.forget('s1')
    await asked
    say({ method: 'Inspector.targetCrashed', sessionId: 's1' })
    await settled()
    expect(heard).toEqual([])
  })

  it('what waits when Chromium goes is rejected, and what comes later too', async () => {
    const asked = expect(connection.session().send('Browser.getVersion')).rejects.toThrow('is gone')
    fromChromium.destroy()
    await asked
    await expect(connection.session().send('Browser.getVersion')).rejects.toThrow('is gone')
  })
})
