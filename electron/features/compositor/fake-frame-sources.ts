/** Frame sources in memory, for tests: paint when told, die when told. */
import type { FrameSourceKind } from '../../../contracts/state/picture.ts'
import type { FrameSources, PaintJob } from '../../kernel/ports/frame-source.ts'

export class FakeFrameSources implements FrameSources {
  unavailable: string | null = null
  /** Every job that was ever begun. */
  readonly jobs: PaintJob[] = []
  #running = new Map<PaintJob, { resolve: () => void; reject: (error: Error) => void }>()

  get running(): PaintJob[] {
    return [...this.#running.keys()]
  }

  paint(job: PaintJob, signal: AbortSignal): Promise<void> {
    this.jobs.push(job)
    return new Promise((resolve, reject) => {
      this.#running.set(job, { resolve, reject })
      signal.addEventListener('abort', () => this.#end(job)?.resolve(), { once: true })
    })
  }

  beginPainting(output: string, kind: FrameSourceKind = 'chromium-canvas', reason: string | null = null): void {
    this.#jobOf(output).onPainting(kind, reason)
  }

  die(output: string, message: string): void {
    this.#end(this.#jobOf(output))?.reject(new Error(message))
  }

  #jobOf(output: string): PaintJob {
    const job = this.running.find((running) => running.output === output)
    if (!job) throw new Error(`nobody paints "${output}"`)
    return job
  }

  #end(job: PaintJob) {
    const entry = this.#running.get(job)
    this.#running.delete(job)
    return entry
  }
}
