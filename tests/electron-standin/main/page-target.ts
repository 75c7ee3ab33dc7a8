/** One page of Chromium, opened and prepared for a window: its domains on, its preload installed, its size set. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import type { WebPreferences } from 'electron'
import type { CdpSession } from '../browser/cdp.ts'
import { BINDING, ISOLATED_WORLD, pageScripts } from '../page/preload-runtime.ts'
import { chromium } from './runtime.ts'

export interface PageTarget {
  readonly targetId: string
  readonly cdp: CdpSession
}

export interface Size {
  width: number
  height: number
}

/** Opens an empty page. Listeners are to be added by `prepare` before any event can be missed. */
export async function openPage(
  preferences: WebPreferences,
  size: Size,
  prepare: (target: PageTarget) => void,
): Promise<PageTarget> {
  const { browser, session } = chromium()
  const { targetId } = await browser.send('Target.createTarget', { url: 'about:blank', newWindow: true, ...size })
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
  const target = { targetId, cdp: session(sessionId) }
  prepare(target)
  await Promise.all([
    target.cdp.send('Page.enable'),
    target.cdp.send('Page.setLifecycleEventsEnabled', { enabled: true }),
    target.cdp.send('Runtime.enable'),
    target.cdp.send('Inspector.enable'),
    target.cdp.send('Emulation.setFocusEmulationEnabled', { enabled: true }),
    target.cdp.send('Fetch.enable', { patterns: [{ resourceType: 'Document', requestStage: 'Request' }] }),
    resizePage(target.cdp, size),
    installPreload(target.cdp, preferences),
  ])
  return target
}

/** Gives the page exactly this many CSS pixels. */
export async function resizePage(cdp: CdpSession, { width, height }: Size): Promise<void> {
  await cdp.send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: false })
}

async function installPreload(cdp: CdpSession, { preload, additionalArguments = [] }: WebPreferences): Promise<void> {
  if (!preload) return
  const source = readFileSync(preload, 'utf8')
  // In Chromium a preload that can't be parsed would only be silent; here it throws, with its line.
  new Script(source, { filename: preload })
  const environment = {
    argv: [process.execPath, ...additionalArguments],
    platform: process.platform,
    versions: process.versions,
  }
  const { page, isolated } = pageScripts({ source, url: pathToFileURL(preload).href }, environment, randomUUID())
  await cdp.send('Runtime.addBinding', { name: BINDING, executionContextName: ISOLATED_WORLD })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: page })
  await cdp.send('Page.addScriptToEvaluateOnNewDocument', { source: isolated, worldName: ISOLATED_WORLD })
}
