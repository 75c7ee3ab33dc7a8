/** Whether a Chromium is here, and which of the two ways of painting it really can: both are tried. */
import { tmpdir } from 'node:os'
import { systemClock } from '../../base/clock.ts'
import { withDeadline } from '../../base/deadline.ts'
import { errorMessage } from '../../base/result.ts'
import type { CdpSession } from '../../electron/features/compositor/chromium/cdp.ts'
import { type ChromiumProcess, startChromium } from '../../electron/features/compositor/chromium/chromium-process.ts'
import { type Found, findChromium } from '../../electron/features/compositor/chromium/find-chromium.ts'
import { bad, type Finding, good, poor } from './finding.ts'

/** Far beyond the tenth of a second it takes. */
const TRY_DEADLINE_MS = 10_000

/** An element drawn in a canvas and one of its pixels read: 'can', or why not. */
const DRAW_HTML = `new Promise((resolve) => {
  const canvas = document.createElement('canvas')
  if (!('captureElementImage' in canvas)) return resolve('it is too old')
  canvas.setAttribute('layoutsubtree', '')
  canvas.width = canvas.height = 32
  const box = document.createElement('div')
  box.style.cssText = 'width:32px;height:32px;background:rgb(10,200,30)'
  canvas.append(box)
  document.body.append(canvas)
  const context = canvas.transferControlToOffscreen().getContext('2d')
  canvas.onpaint = () => {
    try {
      context.drawElementImage(canvas.captureElementImage(box), 0, 0)
      const pixel = [...context.getImageData(16, 16, 1, 1).data].join()
      resolve(pixel === '10,200,30,255' ? 'can' : 'it painted ' + pixel)
    } catch (error) {
      resolve(String(error))
    }
  }
  canvas.requestPaint()
})`

export async function examineChromium(found: Found = findChromium()): Promise<Finding[]> {
  const { executable, missing } = found
  if (executable === null) return [poor('chromium', 'No Chromium was found.', missing)]
  const options = { executable, tempRoot: tmpdir(), clock: systemClock, extraSwitches: [] }
  let chromium: ChromiumProcess
  try {
    chromium = await startChromium(options, new AbortController().signal)
  } catch (error) {
    const advice = 'Start it once by hand to see what it lacks, or set LANDALE_CHROMIUM to another one.'
    return [bad('chromium', `Chromium is installed, but does not start: ${errorMessage(error)}`, advice)]
  }
  try {
    return [
      good('chromium', `${chromium.version.replace('/', ' ')} starts (${executable}).`),
      await examineCanvas(chromium),
      await examineScreencast(chromium),
    ]
  } finally {
    await chromium.stop()
  }
}

async function examineCanvas(chromium: ChromiumProcess): Promise<Finding> {
  const reason = await tried(async () => {
    const page = await openPage(chromium)
    const answer = await page.send('Runtime.evaluate', { expression: DRAW_HTML, awaitPromise: true })
    return answer.exceptionDetails?.exception?.description ?? String(answer.result.value)
  })
  if (reason === 'can') return good('canvas', 'It paints HTML in a canvas, the fast way to make the picture.')
  const advice = 'The picture goes by screencast, which is slower; a newer Chromium paints faster.'
  return poor('canvas', `It can not paint HTML in a canvas: ${reason}.`, advice)
}

async function examineScreencast(chromium: ChromiumProcess): Promise<Finding> {
  const reason = await tried(async () => {
    const page = await openPage(chromium)
    const frame = new Promise<string>((resolve) => {
      page.on('Page.screencastFrame', ({ data }) => resolve(data.length > 0 ? 'can' : 'its frame was empty'))
    })
    await page.send('Page.startScreencast', { format: 'png', everyNthFrame: 1 })
    return frame
  })
  if (reason === 'can') return good('screencast', 'It gives a screencast, for pages that a canvas can not paint.')
  const advice = 'Layers of other addresses can not be painted by it; try a newer Chromium.'
  return poor('screencast', `It gives no screencast: ${reason}.`, advice)
}

async function openPage({ browser, session }: ChromiumProcess): Promise<CdpSession> {
  const { targetId } = await browser.send('Target.createTarget', {
    url: 'about:blank',
    newWindow: true,
    width: 320,
    height: 240,
  })
  const { sessionId } = await browser.send('Target.attachToTarget', { targetId, flatten: true })
  const page = session(sessionId)
  await page.send('Page.enable')
  return page
}

/** What it answered, or why it did not. */
async function tried(attempt: () => Promise<string>): Promise<string> {
  const error = new Error(`no answer in ${TRY_DEADLINE_MS / 1000} s`)
  try {
    return await withDeadline(attempt(), { clock: systemClock, ms: TRY_DEADLINE_MS, error })
  } catch (failure) {
    return errorMessage(failure)
  }
}
