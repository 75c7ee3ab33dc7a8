/** The picture server without pixels, for tests of the compositor: viewers come and go when told, frames are counted. */
import { Emitter } from '../../../base/emitter.ts'
import type { SoundCue } from '../../../contracts/overlay-presence.ts'
import type { FrameSink } from '../../kernel/ports/frame-source.ts'
import { emptyHistogram } from './server/histogram.ts'
import type { OutputShape, PictureFigures, PictureServer, StillOptions, Viewer } from './server/picture-server.ts'

const NO_FIGURES: PictureFigures = {
  counts: { painted: 0, changed: 0, sent: 0, skipped: 0, late: 0 },
  framesPerSecond: 0,
}

export class FakePictureServer implements PictureServer {
  port: number | null = null
  /** The bytes every still has; null while nothing is painted. */
  still: Buffer | null = null
  readonly outputs = new Map<string, OutputShape>()
  readonly sinks: string[] = []
  /** What viewers were told, e.g. `refresh v1`. */
  readonly told: string[] = []
  readonly stills: StillOptions[] = []
  readonly #viewers = new Map<string, Viewer>()
  readonly #changed = new Emitter<{ output: string; viewers: number }>()
  readonly #joined = new Emitter<Viewer>()
  readonly #left = new Emitter<Viewer>()
  readonly #cueStarted = new Emitter<{ viewer: string; id: string }>()
  readonly onDidChangeViewers = this.#changed.event
  readonly onDidJoin = this.#joined.event
  readonly onDidLeave = this.#left.event
  readonly onDidStartCue = this.#cueStarted.event
  readonly #lostSource = new Emitter<string>()
  readonly onDidLoseSource = this.#lostSource.event

  async listen(): Promise<{ port: number }> {
    this.port = 7176
    return { port: this.port }
  }

  async close(): Promise<void> {
    this.port = null
  }

  setOutput(output: OutputShape): void {
    this.outputs.set(output.id, output)
  }

  removeOutput(output: string): void {
    this.outputs.delete(output)
  }

  async openSink(output: string): Promise<FrameSink> {
    await this.listen()
    this.sinks.push(output)
    return { frame: () => {}, uploadUrl: `ws://picture/${output}`, painted: () => 0 }
  }

  closeSink(output: string): void {
    this.told.push(`closed ${output}`)
  }

  blank(output: string): void {
    this.told.push(`blank ${output}`)
  }

  viewers(): readonly Viewer[] {
    return [...this.#viewers.values()]
  }

  figures(): PictureFigures {
    return NO_FIGURES
  }

  histograms() {
    const empty = emptyHistogram()
    return { captureToSend: empty, sendToDraw: emptyHistogram() }
  }

  async snapshot(_output: string, options: StillOptions): Promise<Buffer | null> {
    this.stills.push(options)
    return this.still
  }

  refresh(viewer: string): void {
    this.told.push(`refresh ${viewer}`)
  }

  drop(viewer: string): void {
    this.told.push(`drop ${viewer}`)
  }

  prepare(viewer: string, sounds: readonly string[]): void {
    this.told.push(`prepare ${viewer} ${sounds.length}`)
  }

  cue(viewer: string, { sound }: SoundCue): void {
    this.told.push(`cue ${viewer} ${sound}`)
  }

  elect(viewer: string, elected: boolean): void {
    this.told.push(`elect ${viewer} ${elected}`)
  }

  revokeToken(tokenId: string): void {
    this.told.push(`revoke ${tokenId}`)
  }

  watch(id: string, output: string): void {
    const viewer: Viewer = {
      id,
      output,
      address: '127.0.0.1',
      agent: 'test',
      since: 1,
      canPlay: true,
      framesShown: 0,
      framesBehind: 0,
      bytesPerSecond: 0,
    }
    this.#viewers.set(id, viewer)
    this.#joined.fire(viewer)
    this.#announce(output)
  }

  goAway(id: string): void {
    const viewer = this.#viewers.get(id)
    if (!viewer) throw new Error(`there is no viewer "${id}"`)
    this.#viewers.delete(id)
    this.#left.fire(viewer)
    this.#announce(viewer.output)
  }

  /** Its thread died, and with it what the source was connected to. */
  loseSource(output: string): void {
    this.#lostSource.fire(output)
  }

  #announce(output: string): void {
    const viewers = [...this.#viewers.values()].filter((viewer) => viewer.output === output).length
    this.#changed.fire({ output, viewers })
  }
}
