/**
 * Holds the true peak of a sound under a ceiling: turns it down around each peak, softly, before the peak comes. Pure, and
 * for whole sounds, not for a stream.
 */

/** Points looked at between two samples, and how far each looks to either side, samples. */
const OVERSAMPLING = 4
const REACH = 8
/** How long before a peak it begins to turn down, and after it to come back, s. */
const SOFTNESS_S = 0.002

/** The samples with every true peak at or under `ceiling` (1 is full scale); both channels are turned down alike. */
export function limitPeaks<T extends readonly Float32Array[]>(channels: T, ceiling: number, sampleRate: number): T {
  const length = channels[0]?.length ?? 0
  const needed = new Float32Array(length).fill(1)
  for (const samples of channels) {
    const peaks = peaksOf(samples)
    for (let n = 0; n < length; n++) {
      const peak = peaks[n] ?? 0
      if (peak > ceiling) needed[n] = Math.min(needed[n] ?? 1, ceiling / peak)
    }
  }
  if (needed.every((gain) => gain === 1)) return channels
  const half = Math.max(1, Math.round(SOFTNESS_S * sampleRate))
  const gain = averages(lowest(needed, half), half)
  return channels.map((samples) => samples.map((sample, n) => sample * (gain[n] ?? 1))) as unknown as T
}

/** For each sample the highest point of the wave from it to the next. */
function peaksOf(samples: Float32Array): Float32Array {
  const peaks = samples.map(Math.abs)
  for (let phase = 1; phase < OVERSAMPLING; phase++) {
    const taps = tapsOf(phase / OVERSAMPLING)
    for (let n = 0; n < samples.length; n++) {
      let sum = 0
      for (let tap = 0; tap < taps.length; tap++) sum += (taps[tap] ?? 0) * (samples[n + tap - REACH + 1] ?? 0)
      const height = Math.abs(sum)
      if (height > (peaks[n] ?? 0)) peaks[n] = height
      // It lies between two samples, so both answer for it.
      if (height > (peaks[n + 1] ?? Number.POSITIVE_INFINITY)) peaks[n + 1] = height
    }
  }
  return peaks
}

/** Weights of the samples around a point `fraction` behind a sample: a windowed sinc. */
function tapsOf(fraction: number): Float32Array {
  const taps = new Float32Array(REACH * 2)
  let sum = 0
  for (let tap = 0; tap < taps.length; tap++) {
    const distance = tap - REACH + 1 - fraction
    const window = 0.5 + 0.5 * Math.cos((Math.PI * distance) / REACH)
    const weight = (Math.sin(Math.PI * distance) / (Math.PI * distance)) * window
    taps[tap] = weight
    sum += weight
  }
  return taps.map((weight) => weight / sum)
}

/** For each place the lowest value at most `half` away, in one pass: candidates wait in rising order. */
function lowest(values: Float32Array, half: number): Float32Array {
  const result = new Float32Array(values.length)
  const waiting = new Int32Array(values.length)
  let head = 0
  let tail = 0
  for (let n = 0; n < values.length + half; n++) {
    if (n < values.length) {
      while (tail > head && (values[waiting[tail - 1] ?? 0] ?? 1) >= (values[n] ?? 1)) tail -= 1
      waiting[tail++] = n
    }
    const place = n - half
    if (place < 0) continue
    while ((waiting[head] ?? 0) < place - half) head += 1
    result[place] = values[waiting[head] ?? 0] ?? 1
  }
  return result
}

/** For each place the average at most `half` away: of lowest values so far apart it is never above what is needed. */
function averages(values: Float32Array, half: number): Float32Array {
  const sums = new Float64Array(values.length + 1)
  for (let n = 0; n < values.length; n++) sums[n + 1] = (sums[n] ?? 0) + (values[n] ?? 1)
  return values.map((_, n) => {
    const from = Math.max(0, n - half)
    const to = Math.min(values.length, n + half + 1)
    return ((sums[to] ?? 0) - (sums[from] ?? 0)) / (to - from)
  })
}
