/**
 * Loudness and true peak by EBU R 128. The meter is 88 kB of WebAssembly and is loaded with the first question, so ask in a
 * thread that ends. Its own glue code is not used: it can be loaded by a bundler only.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Pcm } from './wav.ts'

interface Meter {
  memory: WebAssembly.Memory
  __wbindgen_malloc(bytes: number): number
  ebur128_integrated_stereo(rate: number, left: number, leftLength: number, right: number, rightLength: number): number
  ebur128_true_peak_stereo(rate: number, left: number, leftLength: number, right: number, rightLength: number): number
}

const GLUE = './ebur128_wasm_bg.js'
const BYTES_PER_SAMPLE = 4
/** R 128 measures in blocks of 400 ms; what is shorter has none, and is measured as if it went on. */
const MEASURABLE_S = 1.2

let loaded: Meter | undefined

function meter(): Meter {
  if (loaded) return loaded
  const require = createRequire(import.meta.url)
  const file = require.resolve('ebur128-wasm/ebur128_wasm_bg.wasm')
  const module = new WebAssembly.Module(readFileSync(file))
  // All it asks of its surroundings is to be told that it has failed.
  const asked = WebAssembly.Module.imports(module).map(({ name }) => [name, () => 0] as const)
  const { exports } = new WebAssembly.Instance(module, { [GLUE]: Object.fromEntries(asked) })
  loaded = exports as unknown as Meter
  return loaded
}

/** Integrated loudness as it is heard from two speakers, LUFS; one channel comes from both. -Infinity for silence. */
export function loudnessOf({ sampleRate, channels }: Pcm): number {
  const [left, right] = channels.map((samples) => atLeast(samples, MEASURABLE_S * sampleRate))
  if (!left) return Number.NEGATIVE_INFINITY
  return ask((m, ...places) => m.ebur128_integrated_stereo(sampleRate, ...places), left, right ?? left)
}

/** The highest point of the wave, between samples too, dBTP. -Infinity for silence. */
export function truePeakOf({ sampleRate, channels }: Pcm): number {
  const [left, right] = channels
  return ask((m, ...places) => m.ebur128_true_peak_stereo(sampleRate, ...places), left, right ?? left)
}

type Places = [left: number, leftLength: number, right: number, rightLength: number]

function ask(question: (meter: Meter, ...places: Places) => number, left: Float32Array, right: Float32Array): number {
  const m = meter()
  const place = (samples: Float32Array) => {
    const at = m.__wbindgen_malloc(samples.length * BYTES_PER_SAMPLE)
    new Float32Array(m.memory.buffer, at, samples.length).set(samples)
    return at
  }
  // The meter frees both itself.
  const answer = question(m, place(left), left.length, place(right), right.length)
  return Number.isNaN(answer) ? Number.NEGATIVE_INFINITY : answer
}

/** The same again until it is long enough. */
function atLeast(samples: Float32Array, length: number): Float32Array {
  if (samples.length === 0 || samples.length >= length) return samples
  const times = Math.ceil(length / samples.length)
  const repeated = new Float32Array(samples.length * times)
  for (let n = 0; n < times; n++) repeated.set(samples, n * samples.length)
  return repeated
}
