/** Sounds whose loudness is known, for tests. */
import { SOUND_SAMPLE_RATE } from '../../../../contracts/sound-player.ts'

interface Tone {
  /** Of its peak, dBFS. */
  db: number
  seconds: number
  hertz?: number
  /** Radians. */
  phase?: number
}

/** A sine. At 997 Hz the filter of R 128 changes nothing. */
export function tone({ db, seconds, hertz = 997, phase = 0 }: Tone): Float32Array {
  const level = 10 ** (db / 20)
  const step = (2 * Math.PI * hertz) / SOUND_SAMPLE_RATE
  return Float32Array.from(
    { length: Math.round(seconds * SOUND_SAMPLE_RATE) },
    (_, n) => level * Math.sin(n * step + phase),
  )
}

export function silence(seconds: number): Float32Array {
  return new Float32Array(Math.round(seconds * SOUND_SAMPLE_RATE))
}

export function join(...parts: readonly Float32Array[]): Float32Array {
  const joined = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    joined.set(part, at)
    at += part.length
  }
  return joined
}

/** As a page sends it: 32-bit float. */
export function floatWav(channels: readonly Float32Array[], sampleRate = SOUND_SAMPLE_RATE): Uint8Array {
  const length = channels[0]?.length ?? 0
  const stride = channels.length * 4
  const bytes = Buffer.alloc(44 + length * stride)
  bytes.write('RIFF', 0, 'latin1')
  bytes.writeUInt32LE(bytes.length - 8, 4)
  bytes.write('WAVEfmt ', 8, 'latin1')
  bytes.writeUInt32LE(16, 16)
  bytes.writeUInt16LE(3, 20)
  bytes.writeUInt16LE(channels.length, 22)
  bytes.writeUInt32LE(sampleRate, 24)
  bytes.writeUInt32LE(sampleRate * stride, 28)
  bytes.writeUInt16LE(stride, 32)
  bytes.writeUInt16LE(32, 34)
  bytes.write('data', 36, 'latin1')
  bytes.writeUInt32LE(length * stride, 40)
  for (const [index, samples] of channels.entries()) {
    for (const [n, sample] of samples.entries()) bytes.writeFloatLE(sample, 44 + n * stride + index * 4)
  }
  return bytes
}
