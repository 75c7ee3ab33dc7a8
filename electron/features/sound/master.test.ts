import { describe, expect, it } from 'vitest'
import { MAX_SOUND_MS } from '../../../contracts/sound.ts'
import { SOUND_SAMPLE_RATE } from '../../../contracts/sound-player.ts'
import { loudnessOf, truePeakOf } from './loudness.ts'
import { type Mastered, masterSound } from './master.ts'
import { floatWav, join, silence, tone } from './testing/tones.ts'
import { readWav } from './wav.ts'

/** dBFS of a sine in both channels is its loudness, give or take the filter at its pitch: at 997 Hz nothing. */
const METER_TONES = [
  { name: '-23 dBFS', db: -23, lufs: -23 },
  { name: '-16 dBFS', db: -16, lufs: -16 },
  { name: '-40 dBFS', db: -40, lufs: -40 },
  { name: 'full scale', db: 0, lufs: 0 },
]

function mastered(bytes: Uint8Array): Mastered {
  const result = masterSound(bytes)
  if (!result.ok) throw new Error(result.error)
  return result.value
}

/** What the file that is kept measures, apart from what the import says of it. */
function measured({ wav }: Mastered): { lufs: number; truePeakDb: number; samples: Float32Array } {
  const read = readWav(wav)
  if (!read.ok) throw new Error(read.error)
  expect(read.value.channels).toHaveLength(2)
  return { lufs: loudnessOf(read.value), truePeakDb: truePeakOf(read.value), samples: read.value.channels[0] }
}

describe('the meter', () => {
  it.each(METER_TONES)('finds a tone of $name in both speakers where it is', ({ db, lufs }) => {
    const samples = tone({ db, seconds: 3 })
    expect(loudnessOf({ sampleRate: SOUND_SAMPLE_RATE, channels: [samples, samples] })).toBeCloseTo(lufs, 1)
    // One channel comes from both speakers.
    expect(loudnessOf({ sampleRate: SOUND_SAMPLE_RATE, channels: [samples] })).toBeCloseTo(lufs, 1)
    expect(truePeakOf({ sampleRate: SOUND_SAMPLE_RATE, channels: [samples] })).toBeCloseTo(db, 1)
  })

  it('leaves out the pauses, as R 128 says', () => {
    const samples = join(tone({ db: -20, seconds: 5 }), silence(5), tone({ db: -20, seconds: 5 }))
    expect(Math.abs(loudnessOf({ sampleRate: SOUND_SAMPLE_RATE, channels: [samples] }) + 20)).toBeLessThan(0.5)
  })

  it('hears a peak that lies between two samples', () => {
    // A quarter of the sample rate, shifted by an eighth: every sample stands 3 dB below the wave's top.
    const samples = tone({ db: 0, seconds: 1, hertz: SOUND_SAMPLE_RATE / 4, phase: Math.PI / 4 })
    expect(Math.max(...samples)).toBeCloseTo(Math.SQRT1_2, 3)
    expect(truePeakOf({ sampleRate: SOUND_SAMPLE_RATE, channels: [samples] })).toBeGreaterThan(-0.5)
  })
})

describe('an imported sound', () => {
  it.each([-40, -30, -23, -16, -8, -1])('of %i LUFS is kept at -16', (db) => {
    const sound = mastered(floatWav([tone({ db, seconds: 2 })]))
    const { lufs, truePeakDb } = measured(sound)
    expect(Math.abs(lufs + 16)).toBeLessThan(0.5)
    expect(truePeakDb).toBeLessThanOrEqual(-1)
    expect(sound.lufs).toBeCloseTo(lufs, 1)
    expect(sound.gainDb).toBeCloseTo(-16 - db, 0)
  })

  it('with peaks high above its loudness is as loud, and its peaks are under -1 dBTP', () => {
    // Short blows: 20 dB between loudness and peak.
    const blow = tone({ db: -6, seconds: 0.02, hertz: 3000 })
    const bed = tone({ db: -30, seconds: 0.18 })
    const sound = mastered(floatWav([join(...Array.from({ length: 12 }, () => join(blow, bed)))]))
    const { lufs, truePeakDb } = measured(sound)
    expect(truePeakDb).toBeLessThanOrEqual(-1)
    expect(Math.abs(lufs + 16)).toBeLessThan(0.5)
  })

  it('of nothing but peaks stays quieter rather than be flattened', () => {
    const clicks = join(...Array.from({ length: 20 }, () => join(new Float32Array([0.9, -0.9]), silence(0.1))))
    const { lufs, truePeakDb } = measured(mastered(floatWav([clicks])))
    expect(truePeakDb).toBeLessThanOrEqual(-1)
    expect(lufs).toBeLessThan(-16)
  })

  it('of a tenth of a second can be measured too', () => {
    const sound = mastered(floatWav([tone({ db: -30, seconds: 0.1 })]))
    expect(sound.lufs).toBeGreaterThan(-17)
    expect(sound.lufs).toBeLessThan(-15)
  })

  it('begins at once: the silence around it is gone', () => {
    const sound = mastered(floatWav([join(silence(2), tone({ db: -20, seconds: 1 }), silence(3))]))
    expect(sound.durationMs).toBeGreaterThan(990)
    expect(sound.durationMs).toBeLessThan(1020)
    expect(measured(sound).samples.findIndex((sample) => Math.abs(sample) > 0.001)).toBeLessThan(
      0.01 * SOUND_SAMPLE_RATE,
    )
  })

  it('that is too long is cut and faded out', () => {
    const sound = mastered(floatWav([tone({ db: -20, seconds: MAX_SOUND_MS / 1000 + 0.4 })]))
    expect(sound).toMatchObject({ cut: true, durationMs: MAX_SOUND_MS })
    expect(Math.abs(measured(sound).samples.at(-1) ?? 1)).toBeLessThan(0.001)
    expect(mastered(floatWav([tone({ db: -20, seconds: 1 })])).cut).toBe(false)
  })

  it('keeps its two channels apart', () => {
    const sound = mastered(floatWav([tone({ db: -20, seconds: 1 }), tone({ db: -32, seconds: 1 })]))
    const read = readWav(sound.wav)
    if (!read.ok) throw new Error(read.error)
    const [left, right] = read.value.channels.map((samples) => Math.max(...samples))
    expect(20 * Math.log10((left ?? 0) / (right ?? 1))).toBeCloseTo(12, 0)
  })

  it.each([
    ['nothing', new Uint8Array()],
    ['text', new TextEncoder().encode('RIFF, but not really a sound')],
    ['silence', floatWav([silence(1)])],
    ['no samples', floatWav([new Float32Array()])],
    ['what is no number', floatWav([new Float32Array([0.5, Number.NaN, Number.POSITIVE_INFINITY])])],
    ['three channels', floatWav([silence(1), silence(1), silence(1)])],
    ['another rate', floatWav([tone({ db: -20, seconds: 1 })], 44_100)],
    ['a file that is cut off', floatWav([tone({ db: -20, seconds: 1 })]).subarray(0, 5000)],
    ['noise at -80 dB', floatWav([tone({ db: -80, seconds: 1 })])],
  ])('is refused when it is %s, with a reason', (_, bytes) => {
    const result = masterSound(bytes)
    expect(result.ok).toBe(false)
    if (!result.ok) expect(result.error).toMatch(/^(this|the|there) .{10,}/)
  })
})
