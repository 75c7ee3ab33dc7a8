/** How the painting of an output stands, in words. Pure. */
import type { FrameSourceKind, PictureSource } from '../../../contracts/state/picture.ts'
import type { Tone } from '../../components/status-mark.tsx'
import { counted } from '../../state/format.ts'

export interface SourceWords {
  tone: Tone
  word: string
  /** Why, and what comes next. */
  reason: string | null
}

const kindWords: Record<FrameSourceKind, string> = {
  'electron-bitmap': 'by the app',
  'electron-texture': 'by the app, on the graphics card',
  'chromium-canvas': 'by Chromium',
  'chromium-screencast': 'by Chromium, the slower way',
}

/** Undefined: the hub has not painted this output yet. */
export function sourceWords(source: PictureSource | undefined): SourceWords {
  switch (source?.state) {
    case undefined:
    case 'off':
      return { tone: 'off', word: 'Resting', reason: source?.reason ?? 'Nobody watches. The first viewer starts it.' }
    case 'starting':
      return { tone: 'busy', word: 'Starting', reason: source.reason ?? 'The first picture is a moment away.' }
    case 'painting':
      return paintingWords(source)
    case 'restarting':
      return { tone: 'warn', word: 'Starting anew', reason: source.reason }
    case 'unavailable':
      return {
        tone: 'bad',
        word: 'No picture',
        reason: source.reason ?? 'Nothing here can paint. The overlay address works without it.',
      }
  }
}

function paintingWords({ kind, framesPerSecond, reason }: PictureSource): SourceWords {
  const way = kind === null ? '' : ` ${kindWords[kind]}`
  return {
    tone: kind === 'chromium-screencast' ? 'warn' : 'ok',
    word:
      framesPerSecond > 0 ? `Painting, ${counted(Math.round(framesPerSecond), 'frame')}/s` : 'Painting, nothing moves',
    reason: reason === null ? `Painted${way} once for every viewer.` : `Painted${way}: ${reason}`,
  }
}

/** What each count says, for the label and for whoever wonders. */
export const countWords: readonly { key: keyof PictureSource['counts']; label: string; meaning: string }[] = [
  { key: 'painted', label: 'Painted', meaning: 'Frames that the source painted since the hub started' },
  { key: 'changed', label: 'Changed', meaning: 'Of those, with any pixel different' },
  { key: 'sent', label: 'Sent', meaning: 'Packets to viewers' },
  {
    key: 'skipped',
    label: 'Skipped',
    meaning: 'Frames that came to a viewer only with a later one, because it was busy',
  },
  { key: 'late', label: 'Late', meaning: 'Packets drawn more than 100 ms after they were captured' },
]
