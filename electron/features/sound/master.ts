/**
 * Makes of a sound what is kept of it: the silence around it gone, so that it begins at once; cut to a length; as loud as
 * every other; its peaks under the ceiling; two channels. Pure, but it asks the meter, so it belongs in a thread of its own.
 */
import { err, ok, type Result } from '../../../base/result.ts'
import { MAX_SOUND_MS, SOUND_MAX_TRUE_PEAK_DB, SOUND_TARGET_LUFS } from '../../../contracts/sound.ts'
import { limitPeaks } from './limiter.ts'
import { loudnessOf, truePeakOf } from './loudness.ts'
import { type Pcm, readWav, writeWav } from './wav.ts'

export interface Mastered {
  /** 16-bit PCM. */
  wav: Uint8Array
  durationMs: number
  /** As it is now. */
  lufs: number
  truePeakDb: number
  gainDb: number
  /** It was longer than is kept. */
  cut: boolean
}

type Stereo = readonly [Float32Array, Float32Array]

/** Below it, beginning and end are silence: -60 dBFS. */
const SILENCE = 0.001
/** Left in front of the first sound and behind the last, so that neither clicks, s. */
const MARGIN_S = 0.005
const FADE_OUT_S = 0.05
/** Quieter is noise; making it as loud as the rest would only make it loud noise. */
const MIN_LUFS = -60
/** Peaks are flattened by so much at most. A sound of nothing but peaks stays quieter than the others instead. */
const MAX_FLATTENING_DB = 9
/** What limiting takes is given back; it settles after two or three rounds. */
const MAX_ROUNDS = 6
const CLOSE_ENOUGH_LU = 0.05
/** Below the ceiling, for what rounding to 16 bits and another meter's filter add. */
const PEAK_MARGIN_DB = 0.1

/** `bytes`: a WAV file. The error is in words for the streamer. */
export function masterSound(bytes: Uint8Array): Result<Mastered, string> {
  const read = readWav(bytes)
  if (!read.ok) return read
  const { sampleRate, channels } = read.value
  const [left, right = left] = channels
  const part = soundingPart([left, right], sampleRate)
  if (part === null) return err('there is nothing to hear in this sound')
  const longest = (MAX_SOUND_MS / 1000) * sampleRate
  const cut = part[0].length > longest
  const trimmed: Stereo = cut
    ? faded(
        each(part, (samples) => samples.slice(0, longest)),
        sampleRate,
      )
    : part
  const before = loudnessOf({ sampleRate, channels: trimmed })
  if (before < MIN_LUFS) return err('this sound is too quiet to be told from noise')
  const { channels: loud, gainDb } = toTarget(trimmed, before, sampleRate)
  const pcm: Pcm = { sampleRate, channels: loud }
  return ok({
    wav: writeWav(pcm),
    durationMs: Math.max(1, Math.round((loud[0].length / sampleRate) * 1000)),
    lufs: loudnessOf(pcm),
    truePeakDb: truePeakOf(pcm),
    gainDb,
    cut,
  })
}

function toTarget(channels: Stereo, lufs: number, sampleRate: number): { channels: Stereo; gainDb: number } {
  const ceilingDb = SOUND_MAX_TRUE_PEAK_DB - PEAK_MARGIN_DB
  const mostDb = ceilingDb + MAX_FLATTENING_DB - truePeakOf({ sampleRate, channels })
  const atGain = (gainDb: number) => {
    const raised = each(channels, (samples) => samples.map((sample) => sample * fromDb(gainDb)))
    const limited = limitPeaks(raised, fromDb(ceilingDb), sampleRate)
    const overDb = truePeakOf({ sampleRate, channels: limited }) - ceilingDb
    // The meter's filter is not ours: it has the last word.
    return overDb > 0 ? each(limited, (samples) => samples.map((sample) => sample * fromDb(-overDb))) : limited
  }
  let gainDb = Math.min(mostDb, SOUND_TARGET_LUFS - lufs)
  let result = atGain(gainDb)
  for (let round = 0; round < MAX_ROUNDS && gainDb < mostDb; round++) {
    const missing = SOUND_TARGET_LUFS - loudnessOf({ sampleRate, channels: result })
    if (Math.abs(missing) < CLOSE_ENOUGH_LU) break
    gainDb = Math.min(mostDb, gainDb + missing)
    result = atGain(gainDb)
  }
  return { channels: result, gainDb }
}

/** Null when all of it is silence. */
function soundingPart(channels: Stereo, sampleRate: number): Stereo | null {
  const isHeard = (sample: number) => Math.abs(sample) > SILENCE
  const first = Math.min(...channels.map((samples) => samples.findIndex(isHeard)).filter((place) => place >= 0))
  if (!Number.isFinite(first)) return null
  const last = Math.max(...channels.map((samples) => samples.findLastIndex(isHeard)))
  const margin = Math.round(MARGIN_S * sampleRate)
  return each(channels, (samples) => samples.slice(Math.max(0, first - margin), last + 1 + margin))
}

function faded(channels: Stereo, sampleRate: number): Stereo {
  const length = FADE_OUT_S * sampleRate
  return each(channels, (samples) =>
    samples.map((sample, n) => sample * Math.min(1, (samples.length - 1 - n) / length)),
  )
}

function each([left, right]: Stereo, change: (samples: Float32Array) => Float32Array): Stereo {
  const changed = change(left)
  return [changed, right === left ? changed : change(right)]
}

function fromDb(db: number): number {
  return 10 ** (db / 20)
}
