/**
 * The outputs: what each picture is made of, and the URLs that show it. Owns `state:outputs`, its tables and its history.
 * Every change is on disk before anyone hears of it, and one follows the other. Knows neither who draws an output nor who
 * watches it.
 */
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { CommandResult } from '../../../contracts/commands.ts'
import type { Output, ShowingWay } from '../../../contracts/output.ts'
import type { OutputsState } from '../../../contracts/state/outputs.ts'
import { OVERLAY_TOPIC_PREFIX } from '../../../contracts/topics.ts'
import type { Channels, Guest, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type Commands, throwUnsaved } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Store } from '../../kernel/store/store.ts'
import { mayWatch, type Tokens, WIDGET_OWNER_PREFIX } from '../../kernel/tokens.ts'
import { type Edit, type EditName, type EditRules, edits, findOutput } from './edits.ts'
import { change, type History, redo, redoStep, undo, undoStep } from './history.ts'
import { loadHistory, statementsBetween } from './output-store.ts'
import { createOwnAddress } from './own-address.ts'

export interface Outputs extends Service {
  /** `main` first. There whether the service runs or not. */
  readonly outputs: readonly Output[]
  readonly onDidChange: Event<readonly Output[]>
  /** The URL for OBS. Rejects with a `CommandError` for an unknown output. */
  urlOf(output: string, way: ShowingWay): Promise<string>
  /** The output that this token's URL shows; null for any other token. */
  tokenOutput(tokenId: string): string | null
}

export interface OutputsOptions {
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state' | 'presence'>
  store: Pick<Store, 'all' | 'run'>
  tokens: Pick<Tokens, 'overlayToken' | 'renewOverlayToken' | 'removeOverlayToken' | 'outputOf' | 'list'>
  /** Base URL of the hub, e.g. `http://127.0.0.1:7175`; empty before it listens. */
  baseUrl: () => string
  /** The picture's own port; null while it is closed. */
  picturePort: () => number | null
  /** Further names of the hub, as in the settings. */
  allowedHosts: readonly string[]
  /** What a layer can show besides pages; null where there is no such widget. */
  widgetOf: EditRules['widgetOf']
  log: Pick<Logger, 'error'>
}

type OverlayUrls = CommandResult<'overlay.url.get'>
type Handler = (args: never) => Promise<Record<string, unknown>>

/** Every stage joins the topic of its output. */
const STAGES = `${OVERLAY_TOPIC_PREFIX}*`

const EDIT_NAMES = Object.keys(edits) as EditName[]

/** Reads what was last written, so that the outputs are known before anything runs. */
export async function createOutputs(options: OutputsOptions): Promise<Outputs> {
  return new OutputsService(options, await loadHistory(options.store, options.log))
}

class OutputsService implements Outputs {
  readonly id = 'outputs'
  readonly health = HEALTHY
  readonly onDidChangeHealth = new Emitter<Health>().event
  readonly #options: OutputsOptions
  readonly #didChange = new Emitter<readonly Output[]>()
  readonly onDidChange = this.#didChange.event
  readonly #isOwn: (url: string) => boolean
  #history: History
  /** What is known to be on disk; null when that can't be said. */
  #written: History | null = null
  #state: StateHandle<OutputsState> | null = null
  #line: Promise<unknown> = Promise.resolve()

  constructor(options: OutputsOptions, history: History) {
    this.#options = options
    this.#history = history
    this.#isOwn = createOwnAddress(options)
  }

  get outputs(): readonly Output[] {
    return this.#history.outputs
  }

  urlOf(output: string, way: ShowingWay): Promise<string> {
    return this.#inTurn(async () => (await this.#urlsOf(output))[way === 'live' ? 'liveUrl' : 'url'])
  }

  tokenOutput(tokenId: string): string | null {
    return this.#options.tokens.outputOf(tokenId)
  }

  async run(signal: AbortSignal): Promise<void> {
    const { channels } = this.#options
    const owned = new DisposableStore()
    try {
      this.#state = owned.add(channels.state('state:outputs', stateOf(this.#history)))
      this.#addCommands(owned)
      owned.add(channels.presence({ topic: STAGES, scopes: ['overlay'], onJoin: checkStage, onLeave: () => {} }))
      await this.#inTurn(() => this.#revokeOrphans())
      await untilAborted(signal)
    } finally {
      owned.dispose()
      this.#state = null
    }
    await this.#inTurn(async () => {})
  }

  #addCommands(owned: DisposableStore): void {
    const { commands, tokens } = this.#options
    const inTurn =
      <A, R>(work: (args: A) => Promise<R>) =>
      (args: A) =>
        this.#inTurn(() => work(args))
    for (const name of EDIT_NAMES) {
      const handler: Handler = inTurn((args) => this.#edit(name, args))
      owned.add(commands.handle(name, handler as never))
    }
    owned.add(
      commands.handle(
        'outputs.undo',
        inTurn(() => this.#goBack()),
      ),
    )
    owned.add(
      commands.handle(
        'outputs.redo',
        inTurn(() => this.#goForth()),
      ),
    )
    owned.add(
      commands.handle(
        'overlay.url.get',
        inTurn(({ output }) => this.#urlsOf(output)),
      ),
    )
    owned.add(
      commands.handle(
        'overlay.url.renew',
        inTurn(async ({ output }) => {
          const { id } = findOutput(this.outputs, output)
          return this.#wordUrls(id, await tokens.renewOverlayToken(id))
        }),
      ),
    )
  }

  /** One after the other: each sees what the one before has written. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work, work)
    this.#line = turn.catch(() => {})
    return turn
  }

  async #edit<N extends EditName>(name: N, args: never): Promise<Record<string, unknown>> {
    const apply = edits[name] as (...given: unknown[]) => Edit<Record<string, unknown>>
    const { outputs, label, result } = apply(this.outputs, args, {
      newLayerId: newId,
      isOwn: this.#isOwn,
      widgetOf: this.#options.widgetOf,
    })
    await this.#commit(change(this.#history, outputs, label))
    return result
  }

  async #goBack(): Promise<Record<string, never>> {
    const history = await this.#stepping(undo)
    if (!history)
      throw new CommandError('conflict', 'there is nothing to undo: the outputs are as far back as is known')
    await this.#commit(history)
    return {}
  }

  async #goForth(): Promise<Record<string, never>> {
    const history = await this.#stepping(redo)
    if (!history)
      throw new CommandError('conflict', 'there is nothing to redo: nothing was undone since the last change')
    await this.#commit(history)
    return {}
  }

  /** A history that does not fit the outputs is of no use: it is given up, the outputs stay. */
  async #stepping(step: (history: History) => History | null): Promise<History | null> {
    try {
      return step(this.#history)
    } catch (error) {
      this.#options.log.error({ err: error }, 'the history of the outputs does not fit them and begins anew')
      await this.#commit({ outputs: this.outputs, steps: [], done: 0 })
      const message =
        'what was done before can not be read any more; the outputs stay as they are, their history begins anew'
      throw new CommandError('conflict', message, { cause: error })
    }
  }

  /** Writes, then shows. When the store refuses, nothing has changed. */
  async #commit(after: History): Promise<void> {
    const before = this.#history
    if (after === before) return
    await this.#write(after)
    this.#history = after
    this.#state?.update((draft) => Object.assign(draft, stateOf(after)))
    if (after.outputs !== before.outputs) this.#didChange.fire(after.outputs)
    for (const { id } of before.outputs) {
      if (after.outputs.every((output) => output.id !== id)) await this.#revoke(id)
    }
  }

  async #write(after: History): Promise<void> {
    const statements = statementsBetween(this.#written, after)
    // Until the store has said so, either may be on disk.
    this.#written = null
    await this.#options.store.run(statements).catch(throwUnsaved)
    this.#written = after
  }

  /** Its URL is dead at once, even where the disk is full; then the next start writes it down. */
  async #revoke(output: string): Promise<void> {
    try {
      await this.#options.tokens.removeOverlayToken(output)
    } catch (error) {
      this.#options.log.error({ err: error, output }, 'the token of a removed output could not be written off')
    }
  }

  /** Tokens of outputs that were removed just before the hub went away. */
  async #revokeOrphans(): Promise<void> {
    const { tokens } = this.#options
    const owners = new Set(tokens.list().map(({ tokenId }) => tokens.outputOf(tokenId)))
    for (const output of owners) {
      if (output === null || output.startsWith(WIDGET_OWNER_PREFIX)) continue
      if (this.outputs.every(({ id }) => id !== output)) await this.#revoke(output)
    }
  }

  async #urlsOf(output: string): Promise<OverlayUrls> {
    const { id } = findOutput(this.outputs, output)
    return this.#wordUrls(id, await this.#options.tokens.overlayToken(id))
  }

  #wordUrls(output: string, token: string): OverlayUrls {
    const base = this.#options.baseUrl()
    return {
      url: `${base}/overlay/${output}?token=${token}`,
      liveUrl: `${base}/live/${output}?token=${token}`,
      previewUrl: `${base}/live/${output}.mjpeg?token=${token}`,
    }
  }
}

/** A URL of one output must not open another. */
function checkStage({ topic, actor }: Guest): void {
  const output = topic.slice(OVERLAY_TOPIC_PREFIX.length)
  if (mayWatch(actor, output)) return
  const message = `the token "${actor.name}" does not open the output "${output}"; copy that output's own URL`
  throw new CommandError('forbidden', message)
}

function stateOf(history: History): OutputsState {
  return {
    // Never changed in place, here or there.
    outputs: history.outputs as Output[],
    undo: undoStep(history)?.label ?? null,
    redo: redoStep(history)?.label ?? null,
  }
}
