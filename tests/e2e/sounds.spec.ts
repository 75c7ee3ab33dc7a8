/**
 * A sound of the streamer's own, from a file to the ear: brought in on the dashboard, kept as loud as every other, chosen
 * in a rule, and heard in one place when its alert comes. Real hub, real pages.
 */
import { expect, type Page, test } from '@playwright/test'
import { loudnessOf, truePeakOf } from '../../electron/features/sound/loudness.ts'
import { readWav } from '../../electron/features/sound/wav.ts'
import { type RunningHub, startHub } from './hub.ts'

let hub: RunningHub
test.beforeEach(async () => {
  hub = await startHub()
})
test.afterEach(() => hub.stop())

/** One second of a tone at -30 dBFS, 16-bit at 44.1 kHz, as a music program writes it. */
function toneFile(): Buffer {
  const rate = 44_100
  const bytes = Buffer.alloc(44 + rate * 2)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(1, 20)
  bytes.writeUInt16LE(1, 22)
  bytes.writeUInt32LE(rate, 24)
  bytes.writeUInt32LE(rate * 2, 28)
  bytes.writeUInt16LE(2, 32)
  bytes.writeUInt16LE(16, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(rate * 2, 40)
  for (let n = 0; n < rate; n++) {
    bytes.writeInt16LE(Math.round(32_767 * 10 ** (-30 / 20) * Math.sin((2 * Math.PI * 997 * n) / rate)), 44 + n * 2)
  }
  return bytes
}

/** An overlay that somebody has clicked, so that it may be heard. Notes how long each sound is that it starts, s. */
async function openOverlay(page: Page): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    const played: number[] = []
    Object.assign(globalThis, { played })
    const start = AudioBufferSourceNode.prototype.start
    AudioBufferSourceNode.prototype.start = function startNoted(...args) {
      played.push(this.buffer?.duration ?? 0)
      start.apply(this, args)
    }
  })
  await page.goto(hub.overlay)
  await page.mouse.click(5, 5)
  return () => page.evaluate(() => (globalThis as unknown as { played: number[] }).played)
}

test('a file becomes the sound of an alert, and is heard in one place', async ({ page, context }) => {
  await page.addInitScript(() => localStorage.setItem('landale.guide-seen', 'yes'))
  await page.goto(hub.dashboard)
  await page.getByRole('link', { name: 'Alerts', exact: true }).click()
  const part = page.getByRole('radiogroup', { name: 'What to set' })
  await part.getByText('Sounds').click()
  await expect(page.getByText('No sounds of your own yet')).toBeVisible()
  await page.getByLabel('Sound files').setInputFiles([
    { name: 'level_up.wav', mimeType: 'audio/wav', buffer: toneFile() },
    { name: 'notes.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('not a sound at all') },
  ])
  const lines = page.locator('.sound-file')
  await expect(lines.nth(0)).toContainText('Imported: 1.0 s · −16.0 LUFS, raised by 14.0 dB')
  await expect(lines.nth(1)).toContainText('Not imported: This browser can’t read it.')
  await page.screenshot({ path: test.info().outputPath('sounds.png') })

  const id = await soundId()
  await expectServedWell(id)

  // Two places where it could be heard.
  const places = [await context.newPage(), await context.newPage()]
  const fetched: string[] = []
  for (const place of places) place.on('request', (request) => fetched.push(new URL(request.url()).pathname))
  const heard = [await openOverlay(places[0] as Page), await openOverlay(places[1] as Page)]
  const soundPath = `/api/sounds/${id}.wav`
  expect(fetched).not.toContain(soundPath)

  await part.getByText('Alerts').click()
  await page.getByRole('button', { name: /^Raid/ }).click()
  await page.getByLabel('Sound', { exact: true }).selectOption({ label: 'level up' })
  await page.getByRole('button', { name: 'Save raid' }).click()
  // Ready before it is wanted, with the one that will play it.
  await expect.poll(() => fetched.filter((path) => path === soundPath).length).toBe(1)

  await hub.command('simulator.event', { type: 'twitch.channel.raid' })
  const all = async () => (await Promise.all(heard.map((each) => each()))).flat()
  await expect.poll(async () => (await all()).length).toBe(1)
  expect((await all())[0]).toBeCloseTo(1, 1)
  expect(fetched.filter((path) => path === soundPath)).toHaveLength(1)

  // Tried out in the list, it is heard there too.
  await hub.command('sound.play', { sound: id })
  await expect.poll(async () => (await all()).length).toBe(2)
})

async function soundId(): Promise<string> {
  const response = await fetch(`${hub.http}/api/events?type=sound.imported&limit=1`, { headers: bearer() })
  const { events } = (await response.json()) as { events: { payload: { soundId: string } }[] }
  return events[0]?.payload.soundId ?? ''
}

/** Only for who has a token, as what it is, and as loud as it should be. */
async function expectServedWell(id: string): Promise<void> {
  const address = `${hub.http}/api/sounds/${id}.wav`
  expect((await fetch(address)).status).toBe(401)
  const response = await fetch(address, { headers: bearer() })
  expect(response.headers.get('content-type')).toBe('audio/wav')
  expect(response.headers.get('x-content-type-options')).toBe('nosniff')
  const read = readWav(new Uint8Array(await response.arrayBuffer()))
  if (!read.ok) throw new Error(read.error)
  expect(Math.abs(loudnessOf(read.value) + 16)).toBeLessThan(0.5)
  expect(truePeakOf(read.value)).toBeLessThanOrEqual(-1)
}

function bearer(): { authorization: string } {
  return { authorization: `Bearer ${hub.controlToken}` }
}
