/** The app's source of frames on the real Electron, where its binary is installed and there is a display to run it on. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { installTestStage } from '../../electron/features/compositor/conformance/staged-hub.ts'
import { describeFrameSource, type FrameSourceSubject } from '../../electron/features/compositor/conformance-suite.ts'
import { findElectron } from '../e2e/electron-app.ts'
import { buildRemoteApp, RemoteSources } from './remote/remote-sources.ts'

const electron = findElectron()
const binary = 'path' in electron && electron.isReal ? electron.path : undefined

describe.skipIf(binary === undefined)('frames of offscreen windows (need the real Electron)', () => {
  let temp: string
  let remote: RemoteSources
  const root = () => join(temp, 'pages')

  beforeAll(async () => {
    temp = mkdtempSync(join(tmpdir(), 'landale-electron-frames-'))
    installTestStage(root())
    await buildRemoteApp(temp)
    const env = { ...process.env, XDG_CONFIG_HOME: join(temp, 'config') }
    remote = await RemoteSources.start(binary ?? '', [temp, `--user-data-dir=${join(temp, 'user')}`], env)
  }, 120_000)

  afterAll(async () => {
    await remote?.stop()
    rmSync(temp, { recursive: true, force: true, maxRetries: 5 })
  })

  async function create(): Promise<FrameSourceSubject> {
    return {
      sources: remote,
      crash: () => remote.crash(),
      freeze: () => remote.freeze(),
      dispose: async () => expect(remote.windowsLeft).toBe(0),
    }
  }

  describeFrameSource('offscreen windows', { create, root, exactDamage: false })
})
