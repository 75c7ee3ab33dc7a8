import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestServer } from './testing/test-server.ts'
import { type TestCanvas, TestSource } from './testing/test-source.ts'
import { TestViewer } from './testing/test-viewer.ts'
import { until } from './testing/until.ts'

const WIDTH = 320
const HEIGHT = 200

describe('picture server', () => {
  let { server } = createTestServer()
  let port = 0
  beforeEach(async () => {
    ;({ server } = createTestServer())
    server.setOutput({ id: 'main', width: WIDTH, height: HEIGHT, frameRate: 60 })
    ;({ port } = await server.listen())
  })
  afterEach(() => server.close())

  it('brings a frame of a source to a viewer', async () => {
    const canvas: TestCanvas = { width: WIDTH, height: HEIGHT, pixels: new Uint8Array(WIDTH * HEIGHT * 4).fill(7) }
    const { uploadUrl } = await server.openSink('main')
    const source = await TestSource.connect('main', uploadUrl)
    const viewer = await TestViewer.connect({ port, output: 'main', token: 'main' })
    await source.sendKey(canvas)
    await until(() => viewer.canvas !== null, 'a key frame')
    expect(viewer.canvas).toEqual(canvas.pixels)
    await source.leave()
    await viewer.leave()
  })
})
