/**
 * WAV files, read and written. Reads what pages send (32-bit float or 16-bit PCM, one or two channels) and believes no
 * number in it before it has been compared with what is there. Knows nothing of loudness.
 */
import { err, ok, type Result } from '../../../base/result.ts'
import { SOUND_SAMPLE_RATE } from '../../../contracts/sound-player.ts'

/** Samples of each channel, -1 to 1, all of one length. */
export interface Pcm {
  readonly sampleRate: number
  readonly channels: readonly [Float32Array] | readonly [Float32Array, Float32Array]
}

interface Format {
  channels: number
  bits: 16 | 32
}

const FORMAT_INT = 1
const FORMAT_FLOAT = 3
const RIFF_HEADER_BYTES = 12
const CHUNK_HEADER_BYTES = 8
const FORMAT_BYTES = 16
const FULL_SCALE_16 = 32_768

/** Why it can't be read is said in words for the streamer. */
export function readWav(bytes: Uint8Array): Result<Pcm, string> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (bytes.length < RIFF_HEADER_BYTES || tag(bytes, 0) !== 'RIFF' || tag(bytes, 8) !== 'WAVE') {
    return err('this is not a WAV file: it does not begin as one')
  }
  let format: Format | null = null
  for (let at = RIFF_HEADER_BYTES; at + CHUNK_HEADER_BYTES <= bytes.length; ) {
    const name = tag(bytes, at)
    const size = view.getUint32(at + 4, true)
    const body = at + CHUNK_HEADER_BYTES
    if (size > bytes.length - body) return err(`the WAV file is cut off inside its part "${name}"`)
    if (name === 'fmt ') {
      const read = readFormat(view, body, size)
      if (!read.ok) return read
      format = read.value
    } else if (name === 'data') {
      return format
        ? readSamples(view, body, size, format)
        : err('the WAV file does not say its format before its sound')
    }
    // Chunks begin at even places.
    at = body + size + (size % 2)
  }
  return err('the WAV file has no sound in it')
}

function readFormat(view: DataView, at: number, size: number): Result<Format, string> {
  if (size < FORMAT_BYTES) return err('the WAV file does not say its format')
  const code = view.getUint16(at, true)
  const channels = view.getUint16(at + 2, true)
  const rate = view.getUint32(at + 4, true)
  const bits = view.getUint16(at + 14, true)
  const isKnown = (code === FORMAT_FLOAT && bits === 32) || (code === FORMAT_INT && bits === 16)
  if (!isKnown) return err(`the WAV file has format ${code} with ${bits} bits; send 32-bit float or 16-bit PCM`)
  if (channels !== 1 && channels !== 2) return err(`the WAV file has ${channels} channels; send one or two`)
  if (rate !== SOUND_SAMPLE_RATE) return err(`the WAV file has ${rate} samples a second; send ${SOUND_SAMPLE_RATE}`)
  return ok({ channels, bits: bits === 16 ? 16 : 32 })
}

function readSamples(view: DataView, at: number, size: number, { channels, bits }: Format): Result<Pcm, string> {
  const stride = (channels * bits) / 8
  const length = Math.floor(size / stride)
  const channel = (index: number) => {
    const samples = new Float32Array(length)
    for (let n = 0; n < length; n++) {
      const place = at + n * stride + (index * bits) / 8
      samples[n] = bits === 16 ? view.getInt16(place, true) / FULL_SCALE_16 : view.getFloat32(place, true)
    }
    return samples
  }
  const left = channel(0)
  const read: Pcm = { sampleRate: SOUND_SAMPLE_RATE, channels: channels === 1 ? [left] : [left, channel(1)] }
  const isSound = read.channels.every((samples) => samples.every(Number.isFinite))
  return isSound ? ok(read) : err('the WAV file has samples that are no numbers')
}

/** As 16-bit PCM. */
export function writeWav({ sampleRate, channels }: Pcm): Uint8Array {
  const [first] = channels
  const stride = channels.length * 2
  const size = first.length * stride
  const bytes = new Uint8Array(RIFF_HEADER_BYTES + CHUNK_HEADER_BYTES * 2 + FORMAT_BYTES + size)
  const view = new DataView(bytes.buffer)
  putTag(bytes, 0, 'RIFF')
  view.setUint32(4, bytes.length - CHUNK_HEADER_BYTES, true)
  putTag(bytes, 8, 'WAVE')
  putTag(bytes, 12, 'fmt ')
  view.setUint32(16, FORMAT_BYTES, true)
  view.setUint16(20, FORMAT_INT, true)
  view.setUint16(22, channels.length, true)
  view.setUint32(24, sampleRate, true)
  view.setUint32(28, sampleRate * stride, true)
  view.setUint16(32, stride, true)
  view.setUint16(34, 16, true)
  putTag(bytes, 36, 'data')
  view.setUint32(40, size, true)
  for (const [index, samples] of channels.entries()) {
    for (const [n, sample] of samples.entries()) {
      const level = Math.round(Math.max(-1, Math.min(1, sample)) * (FULL_SCALE_16 - 1))
      view.setInt16(44 + n * stride + index * 2, level, true)
    }
  }
  return bytes
}

function tag(bytes: Uint8Array, at: number): string {
  return String.fromCharCode(...bytes.subarray(at, at + 4))
}

function putTag(bytes: Uint8Array, at: number, text: string): void {
  for (let n = 0; n < text.length; n++) bytes[at + n] = text.charCodeAt(n)
}
