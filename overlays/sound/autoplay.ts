/**
 * Whether this page may be heard. OBS and the app let pages speak unasked; an ordinary browser tab must be clicked first.
 * There is no way to ask Chromium, and an `AudioContext` that may not start complains in the console, so a moment of
 * silence is played instead: refusing that is nobody's news.
 */

const SAMPLE_RATE = 8000
const SILENCE_SAMPLES = 80
const WAV_HEADER_BYTES = 44
/** The middle of an unsigned 8-bit sample: silence. */
const SILENCE = 0x80

/** Whether sound is allowed now; a click may change it. */
export async function mayBeHeard(): Promise<boolean> {
  if (navigator.userActivation?.hasBeenActive) return true
  return mayPlayUnasked()
}

/** Whether the browser lets this page speak without a click, as OBS does. */
export async function mayPlayUnasked(): Promise<boolean> {
  // Kept as long as the page: revoked while it is still being read, it would be missed in the console.
  silence ??= URL.createObjectURL(makeSilence())
  try {
    await new Audio(silence).play()
    return !navigator.userActivation?.hasBeenActive
  } catch {
    return false
  }
}

/** Its address, once it is needed. */
let silence: string | undefined

/** A WAV file of 10 ms of nothing. */
function makeSilence(): Blob {
  const view = new DataView(new ArrayBuffer(WAV_HEADER_BYTES + SILENCE_SAMPLES))
  const text = (at: number, letters: string) => {
    for (let n = 0; n < letters.length; n++) view.setUint8(at + n, letters.charCodeAt(n))
  }
  text(0, 'RIFF')
  view.setUint32(4, WAV_HEADER_BYTES - 8 + SILENCE_SAMPLES, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 1, true)
  view.setUint16(22, 1, true)
  view.setUint32(24, SAMPLE_RATE, true)
  view.setUint32(28, SAMPLE_RATE, true)
  view.setUint16(32, 1, true)
  view.setUint16(34, 8, true)
  text(36, 'data')
  view.setUint32(40, SILENCE_SAMPLES, true)
  new Uint8Array(view.buffer, WAV_HEADER_BYTES).fill(SILENCE)
  return new Blob([view], { type: 'audio/wav' })
}
