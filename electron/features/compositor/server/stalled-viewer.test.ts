import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { systemClock } from '../../../../base/clock.ts'
import { ensureNoLeaks } from '../../../../base/testing/no-leaks.ts'
import type { BitmapFrame } from '../../../kernel/ports/frame-source.ts'
import { PictureHost } from './picture-host.ts'
import type { FromPictureWorker } from './protocol.ts'
import { Painting } from './testing/painting.ts'
import { TestViewer } from './testing/test-viewer.ts'
import { until } from './testing/until.ts'

const WIDTH = 1280
const HEIGHT = 720
const FRAME_BYTES = WIDTH * HEIGHT * 4
const WHOLE = { x: 0, y: 0, width: WIDTH, height: HEIGHT }

/** In this thread, so that its memory can be seen. */
describe('a viewer that stops reading', { timeout: 60_000 }, () => {
  ensureNoLeaks()
  let host: PictureHost
  let port = 0
  let painting: Painting
  let bitmaps: BitmapFrame[]
  let viewer: TestViewer

  beforeEach(async () => {
    host = new PictureHost({
      ports: [0],
      bind: '127.0.0.1',
      allowedHosts: [],
      clock: systemClock,
      tell(message: FromPictureWorker) {
        if (message.kind !== 'verify') return
        const { question } = message
        const grant = { tokenId: 'token', outputs: 'any' }
        host.receive({ kind: 'verified', question, grant, pageOrigins: [] })
      },
    })
    port = await host.listen()
    host.receive({ kind: 'set-output', output: { id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 } })
    host.receive({ kind: 'open-session', output: 'main', secret: 'secret' })
    painting = new Painting(WIDTH, HEIGHT)
    host.receive({ kind: 'frame', output: 'main', frame: painting.bitmap(WHOLE) })
    bitmaps = [1, 2].map((seed) => {
      painting.paint(WHOLE, seed)
      return painting.bitmap(WHOLE)
    })
    paintAll(2)
    viewer = await TestViewer.connect({ port, output: 'main', token: 'main' })
  })

  afterEach(async () => {
    await viewer.leave()
    await host.close()
  })

  const shows = (one: TestViewer) =>
    until(() => one.canvas !== null && Buffer.compare(one.canvas, painting.pixels) === 0, 'the same picture')

  /** Two whole frames in turn; the host copies what it keeps of them. */
  function paintAll(frames: number): void {
    for (let frame = 0; frame < frames; frame += 2) {
      for (const each of bitmaps) host.receive({ kind: 'frame', output: 'main', frame: each })
    }
  }

  it('P19: costs one packet however long it does not, and is right at once when it reads again', async () => {
    await shows(viewer)
    paintAll(2)
    await shows(viewer)
    viewer.stall()
    paintAll(2)
    const before = process.memoryUsage().arrayBuffers
    // 80 frames of 3.7 MB; 295 MB if they were kept.
    for (let round = 0; round < 20; round++) {
      paintAll(4)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(10 * FRAME_BYTES)
    const packets = viewer.packets.length
    viewer.goOn()
    await shows(viewer)
    // What was in flight, and the union of all the rest.
    expect(viewer.packets.length - packets).toBeLessThanOrEqual(2)
    expect(viewer.gaps).toEqual([])
  })

  it('P19: costs one packet also when it says that it needs others', async () => {
    await shows(viewer)
    viewer.stall()
    paintAll(2)
    const before = process.memoryUsage().arrayBuffers
    for (let time = 0; time < 10; time++) {
      viewer.askForKey()
      paintAll(2)
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(6 * FRAME_BYTES)
    viewer.goOn()
    await shows(viewer)
  })
})
