import { expect, it } from 'vitest'
import type { PictureSource } from '../../../contracts/state/picture.ts'
import { samplePicture } from '../../testing/sample-picture.ts'
import { sourceWords } from './source-words.ts'

function words(part: Partial<PictureSource>): string {
  const [source] = samplePicture(0).sources
  if (!source) throw new Error('the sample has no source')
  const { tone, word, reason } = sourceWords({ ...source, ...part })
  return `${tone}: ${word}. ${reason}`
}

it.each<[Partial<PictureSource>, string]>([
  [{ framesPerSecond: 59.6 }, 'ok: Painting, 60 frames/s. Painted by the app once for every viewer.'],
  [{ framesPerSecond: 1 }, 'ok: Painting, 1 frame/s. Painted by the app once for every viewer.'],
  [{ framesPerSecond: 0 }, 'ok: Painting, nothing moves. Painted by the app once for every viewer.'],
  [
    { kind: 'chromium-screencast', framesPerSecond: 12, reason: 'a layer is of another origin' },
    'warn: Painting, 12 frames/s. Painted by Chromium, the slower way: a layer is of another origin',
  ],
  [{ state: 'starting' }, 'busy: Starting. The first picture is a moment away.'],
  [
    { state: 'restarting', reason: 'its process ended; next try in 2 s' },
    'warn: Starting anew. its process ended; next try in 2 s',
  ],
  [{ state: 'unavailable' }, 'bad: No picture. Nothing here can paint. The overlay address works without it.'],
  [{ state: 'off' }, 'off: Resting. Nobody watches. The first viewer starts it.'],
])('%o', (part, said) => {
  expect(words(part)).toBe(said)
})

it('says that nobody watches where there is no source yet', () => {
  expect(sourceWords(undefined)).toMatchObject({ tone: 'off', word: 'Resting' })
})
