/** The app's source of frames on the stand-in, in its own process, held to what every source of frames must do. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { App } from 'electron'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { systemClock } from '../../base/clock.ts'
import type { Disposable } from '../../base/lifecycle.ts'
import { installTestStage } from '../../electron/features/compositor/conformance/staged-hub.ts'
import { describeFrameSource, type FrameSourceSubject } from '../../electron/features/compositor/conformance-suite.ts'
import { harden } from '../../electron/shell/hardening.ts'
import { createOffscreenSource } from '../../electron/shell/offscreen-source.ts'
import type { OffscreenWindow } from '../../electron/shell/offscreen-window.ts'
import { PAINTING_SWITCHES } from '../../electron/shell/painting-switches.ts'
import { type InProcessStandIn, startStandIn } from './in-process.ts'

const SILENT = { info() {}, warn() {}, error() {} }
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

describe.skipIf(!existsSync(CHROMIUM))('frames of offscreen windows on the electron stand-in (need Chromium)', () => {
  let electron: InProcessStandIn
  let root: string
  let hardening: Disposable

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'landale-offscreen-'))
    installTestStage(root)
    electron = await startStandIn((app) => {
      for (const [name, value] of PAINTING_SWITCHES) app.commandLine.appendSwitch(name, value)
      const ownOrigin = () => undefined
      hardening = harden({ app: app as unknown as App, ownOrigin, openExternal: async () => {}, log: SILENT })
    })
  }, 60_000)

  afterAll(async () => {
    hardening.dispose()
    await electron.stop()
    rmSync(root, { recursive: true, force: true })
  })

  const painting = () =>
    electron.BrowserWindow.getAllWindows()
      .map(({ webContents }) => webContents)
      .filter((contents) => contents.getURL().includes('/overlay/'))

  async function create(): Promise<FrameSourceSubject> {
    const sources = createOffscreenSource({
      createWindow: (options) => new electron.BrowserWindow(options) as unknown as OffscreenWindow,
      clock: systemClock,
      random: Math.random,
      endProcess: (pid) => process.kill(pid, 'SIGKILL'),
      log: SILENT,
    })
    return {
      sources,
      async crash() {
        for (const contents of painting()) contents.forcefullyCrashRenderer()
      },
      async freeze() {
        for (const contents of painting()) contents.stopPainting()
      },
      async dispose() {
        expect(electron.BrowserWindow.getAllWindows()).toEqual([])
      },
    }
  }

  describeFrameSource('offscreen windows', { create, root: () => root, exactDamage: false })
})
