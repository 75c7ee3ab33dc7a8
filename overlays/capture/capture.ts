/**
 * The page in which a headless hub paints an output where nobody sees it. The hub opens it in its own Chromium and tells
 * it what to do through `globalThis.landaleCapture`; opened by anybody else it is empty.
 */
import type { CaptureControls, CaptureSetup } from '../../contracts/picture/capture-page.ts'
import { CanvasWay } from './canvas-way.ts'
import { ScreencastWay } from './screencast-way.ts'
import { ShownWay } from './shown-way.ts'
import type { Way } from './way.ts'

let way: Way | undefined

async function start(setup: CaptureSetup): Promise<void> {
  document.documentElement.style.cssText = 'background:transparent;overflow:hidden'
  document.body.style.cssText = 'margin:0;background:transparent'
  switch (setup.way) {
    case 'canvas':
      way = new CanvasWay(setup)
      break
    case 'shown':
      way = new ShownWay(setup)
      break
    case 'screencast': {
      const screencast = new ScreencastWay(setup)
      way = screencast
      await screencast.start()
    }
  }
}

const controls: CaptureControls = {
  start,
  survey() {
    if (!way) throw new Error('the capture page was not started')
    return way.survey()
  },
  reloadLayer: (layerId) => way?.reloadLayer(layerId),
}

Object.assign(globalThis, { landaleCapture: controls })
