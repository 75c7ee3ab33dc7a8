/**
 * From a file that the streamer chose to what the hub takes: decoded by the browser, whatever format it is in, as far as it
 * is heard and no longer than is kept, as a WAV of 32-bit floats. The hub checks and measures; nothing here is believed.
 */
import { MAX_SOUND_MS, SOUND_UPLOAD_TYPE } from '../../../contracts/sound.ts'
import { SOUND_SAMPLE_RATE } from '../../../contracts/sound-player.ts'

/** Words for the streamer. */
export class SoundFileError extends Error {}

export interface DecodedSound {
  wav: Blob
  /** There was more of it than is kept. */
  cut: boolean
}

/** A song is no sound; decoded it would take ten times as much memory as on disk. */
const MAX_FILE_BYTES = 40 * 2 ** 20
/** As the hub hears it: quieter than -60 dBFS is silence. */
const SILENCE = 0.001
const MARGIN_SAMPLES = 240
const HEADER_BYTES = 44
/** By so much the hub can tell that there was more. */
const BEYOND_SAMPLES = 48

/** Rejects with a `SoundFileError`. */
export async function decodeSound(file: File): Promise<DecodedSound> {
  if (file.size > MAX_FILE_BYTES) throw new SoundFileError('It is larger than 40 MB. Cut it to 20 seconds first.')
  const bytes = await file.arrayBuffer().catch(() => {
    throw new SoundFileError('The file could not be read. It may have been moved.')
  })
  // Decodes to this rate without playing anything.
  const decoder = new OfflineAudioContext(2, 1, SOUND_SAMPLE_RATE)
  const decoded = await decoder.decodeAudioData(bytes).catch(() => {
    throw new SoundFileError('This browser can’t read it. WAV, MP3, OGG, FLAC and M4A work.')
  })
  return cutSound(await atMostTwo(decoded))
}

/** More than two channels are mixed as speakers would. */
async function atMostTwo(sound: AudioBuffer): Promise<AudioBuffer> {
  if (sound.numberOfChannels <= 2) return sound
  const mixer = new OfflineAudioContext(2, sound.length, SOUND_SAMPLE_RATE)
  const source = new AudioBufferSourceNode(mixer, { buffer: sound })
  source.connect(mixer.destination)
  source.start()
  return mixer.startRendering()
}

/** The part that is sent: from the first thing to be heard. */
export function cutSound(sound: Pick<AudioBuffer, 'numberOfChannels' | 'getChannelData'>): DecodedSound {
  const channels = Array.from({ length: sound.numberOfChannels }, (_, index) => sound.getChannelData(index))
  const isHeard = (sample: number) => Math.abs(sample) > SILENCE
  const starts = channels.map((samples) => samples.findIndex(isHeard)).filter((place) => place >= 0)
  if (starts.length === 0) throw new SoundFileError('There is nothing to hear in it.')
  const start = Math.max(0, Math.min(...starts) - MARGIN_SAMPLES)
  const end = Math.max(...channels.map((samples) => samples.findLastIndex(isHeard))) + 1
  const longest = (MAX_SOUND_MS / 1000) * SOUND_SAMPLE_RATE
  const cut = end - start > longest
  const stop = cut ? start + longest + BEYOND_SAMPLES : end
  return { wav: floatWav(channels.map((samples) => samples.subarray(start, stop))), cut }
}

function floatWav(channels: readonly Float32Array[]): Blob {
  const length = channels[0]?.length ?? 0
  const stride = channels.length * 4
  const view = new DataView(new ArrayBuffer(HEADER_BYTES + length * stride))
  const text = (at: number, letters: string) => {
    for (let n = 0; n < letters.length; n++) view.setUint8(at + n, letters.charCodeAt(n))
  }
  text(0, 'RIFF')
  view.setUint32(4, view.byteLength - 8, true)
  text(8, 'WAVEfmt ')
  view.setUint32(16, 16, true)
  view.setUint16(20, 3, true)
  view.setUint16(22, channels.length, true)
  view.setUint32(24, SOUND_SAMPLE_RATE, true)
  view.setUint32(28, SOUND_SAMPLE_RATE * stride, true)
  view.setUint16(32, stride, true)
  view.setUint16(34, 32, true)
  text(36, 'data')
  view.setUint32(40, length * stride, true)
  for (const [index, samples] of channels.entries()) {
    for (let n = 0; n < length; n++) view.setFloat32(HEADER_BYTES + n * stride + index * 4, samples[n] ?? 0, true)
  }
  return new Blob([view.buffer as ArrayBuffer], { type: SOUND_UPLOAD_TYPE })
}

/** What the sound is called at first: the file's name without its ending. */
export function soundNameOf(fileName: string): string {
  const plain = fileName
    .replace(/\.[a-z0-9]{1,5}$/i, '')
    .replace(/[_\s]+/g, ' ')
    .trim()
  return [...plain].slice(0, 50).join('').slice(0, 60).trim() || 'Sound'
}
