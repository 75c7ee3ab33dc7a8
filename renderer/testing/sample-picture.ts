/** Outputs, their layers and who watches them, for tests and for the design bench. */
import type { Layer } from '../../contracts/output.ts'
import type { OutputsState } from '../../contracts/state/outputs.ts'
import type { PictureState } from '../../contracts/state/picture.ts'

const MINUTE_MS = 60_000

export function sampleLayer(part: Partial<Layer> & Pick<Layer, 'id' | 'name'>): Layer {
  return {
    source: { kind: 'page', page: 'alerts' },
    visible: true,
    rect: { x: 0, y: 0, width: 1920, height: 1080 },
    crop: { top: 0, right: 0, bottom: 0, left: 0 },
    opacity: 1,
    blend: 'normal',
    css: '',
    pageCss: '',
    transparent: true,
    ...part,
  }
}

export function sampleOutputs(): OutputsState {
  return {
    outputs: [
      {
        id: 'main',
        name: 'Main',
        width: 1920,
        height: 1080,
        frameRate: 60,
        layers: [
          sampleLayer({
            id: 'l1',
            name: 'Game frame',
            source: { kind: 'url', url: 'https://widgets.example.com/frame/ironmon?theme=red' },
            rect: { x: 0, y: 0, width: 1440, height: 1080 },
          }),
          sampleLayer({
            id: 'l2',
            name: 'Sub goal',
            source: { kind: 'url', url: 'https://goals.example.net/avalonstar' },
            rect: { x: 1464, y: 60, width: 396, height: 132 },
            crop: { top: 12, right: 0, bottom: 12, left: 0 },
            opacity: 0.85,
            css: 'border-radius: 24px',
            pageCss: '',
          }),
          sampleLayer({
            id: 'l3',
            name: 'Test card',
            source: { kind: 'page', page: 'test-card' },
            visible: false,
            rect: { x: 1464, y: 660, width: 396, height: 324 },
          }),
          sampleLayer({ id: 'l4', name: 'Alerts', rect: { x: 420, y: 60, width: 1080, height: 360 } }),
        ],
      },
      {
        id: 'vertical',
        name: 'Vertical',
        width: 1080,
        height: 1920,
        frameRate: 30,
        layers: [sampleLayer({ id: 'v1', name: 'Alerts', rect: { x: 0, y: 120, width: 1080, height: 480 } })],
      },
    ],
    undo: 'Move layer “Alerts” up',
    redo: null,
  }
}

const OBS_AGENT =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/127.0.6533.120 Safari/537.36 OBS/31.0.2'

export function samplePicture(now: number): PictureState {
  const live = { output: 'main', way: 'live', address: '127.0.0.1', sound: false } as const
  return {
    port: 7176,
    sources: [
      {
        output: 'main',
        state: 'painting',
        kind: 'electron-bitmap',
        reason: null,
        counts: { painted: 298_123, changed: 48_220, sent: 144_310, skipped: 37, late: 4 },
        framesPerSecond: 59.6,
      },
    ],
    watchers: [
      {
        ...live,
        id: 'w1',
        agent: OBS_AGENT,
        since: now - 83 * MINUTE_MS,
        framesShown: 48_104,
        framesBehind: 0,
        bytesPerSecond: 23_040_000,
        sound: true,
      },
      {
        ...live,
        id: 'w2',
        agent: OBS_AGENT,
        since: now - 83 * MINUTE_MS,
        framesShown: 48_101,
        framesBehind: 5,
        bytesPerSecond: 23_010_000,
      },
      {
        ...live,
        id: 'w3',
        way: 'overlay',
        address: '100.84.12.7',
        agent: 'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0.0.0 Safari/537.36',
        since: now - 4 * MINUTE_MS,
        framesShown: null,
        framesBehind: null,
        bytesPerSecond: null,
      },
    ],
  }
}
