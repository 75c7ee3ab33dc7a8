/**
 * The widgets: which there are, what each is set to, and the address of each. Owns `state:widgets` and its tables. Every change
 * is on disk before anyone hears of it, and one follows the other. Knows no kind by name, nothing of what a widget shows, and
 * not where it is shown.
 */
import type { Clock } from '../../../base/clock.ts'
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { CommandResult, ParsedCommandArgs } from '../../../contracts/commands.ts'
import type { Widget, WidgetPreset, WidgetsState } from '../../../contracts/state/widgets.ts'
import { MAX_PRESETS, MAX_WIDGETS, type WidgetFile } from '../../../contracts/widget-file.ts'
import {
  defaultSettings,
  isWidgetKind,
  readSettings,
  type WidgetKind,
  widgetDefinitions,
} from '../../../contracts/widgets.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { CommandError, type CommandHandler, type Commands, throwUnsaved } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Statement, Store } from '../../kernel/store/store.ts'
import { type Tokens, WIDGET_OWNER_PREFIX } from '../../kernel/tokens.ts'
import { forget, keep, loadWidgets, type StoredWidgets } from './widget-store.ts'

export interface Widgets extends Service {
  /** In the order they were added. There whether the service runs or not. */
  readonly widgets: readonly Widget[]
  readonly onDidChange: Event<readonly Widget[]>
  /** What a layer takes from it; null where there is no such widget. */
  readonly shownAs: (id: string) => { name: string; size: { width: number; height: number } } | null
}

export interface WidgetsOptions {
  commands: Pick<Commands, 'handle'>
  channels: Pick<Channels, 'state'>
  store: Pick<Store, 'all' | 'run'>
  tokens: Pick<Tokens, 'overlayToken' | 'renewOverlayToken' | 'removeOverlayToken'>
  /** Base URL of the hub, e.g. `http://127.0.0.1:7175`. */
  baseUrl: () => string
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
}

type Name = keyof typeof import('../../../contracts/commands/widgets.ts').widgetCommands
type Args<N extends Name> = ParsedCommandArgs<N>
type Settings = Record<string, unknown>

/** Changes of a widget's settings that can be taken back; older ones are forgotten, and all of them with the hub's end. */
const MAX_UNDO = 50
/** A slider that is moved is one change, ms. */
const UNDO_WINDOW_MS = 1000

interface Past {
  settings: Settings[]
  /** ms, monotonic. */
  lastAt: number
  lastFields: string
}

/** Reads what was last written, so that the widgets are known before anything runs. */
export async function createWidgets(options: WidgetsOptions): Promise<Widgets> {
  return new WidgetsService(options, await loadWidgets(options.store, options.log))
}

class WidgetsService implements Widgets {
  readonly id = 'widgets'
  readonly health: Health = HEALTHY
  readonly onDidChangeHealth = new Emitter<Health>().event
  readonly #options: WidgetsOptions
  readonly #didChange = new Emitter<readonly Widget[]>()
  readonly onDidChange = this.#didChange.event
  readonly #pasts = new Map<string, Past>()
  #held: StoredWidgets
  #state: StateHandle<WidgetsState> | null = null
  #line: Promise<unknown> = Promise.resolve()

  constructor(options: WidgetsOptions, stored: StoredWidgets) {
    this.#options = options
    this.#held = stored
  }

  get widgets(): readonly Widget[] {
    return this.#held.widgets
  }

  readonly shownAs = (id: string) => {
    const widget = this.widgets.find((other) => other.id === id)
    return widget ? { name: widget.name, size: widgetDefinitions[widget.kind].size } : null
  }

  async run(signal: AbortSignal): Promise<void> {
    const { channels } = this.#options
    const owned = new DisposableStore()
    try {
      this.#state = owned.add(channels.state('state:widgets', { ...this.#held }))
      this.#addCommands(owned)
      await untilAborted(signal)
    } finally {
      owned.dispose()
      this.#state = null
    }
    await this.#inTurn(async () => {})
  }

  #addCommands(owned: DisposableStore): void {
    const handle = <N extends Name>(name: N, work: (args: Args<N>) => Promise<CommandResult<N>>) => {
      const handler = (args: Args<N>) => this.#inTurn(() => work(args))
      owned.add(this.#options.commands.handle(name, handler as CommandHandler<N>))
    }
    handle('widget.add', ({ kind, name }) => this.#add(kind, name ?? widgetDefinitions[kind].title))
    handle('widget.rename', ({ widget, name }) => this.#replace({ ...this.#find(widget), name }))
    handle('widget.remove', ({ widget }) => this.#remove(this.#find(widget)))
    handle('widget.copy', async ({ widget, name }) => {
      const from = this.#find(widget)
      return this.#add(from.kind, name ?? from.name, from.settings)
    })
    handle('widget.change', ({ widget, settings }) => this.#change(this.#find(widget), settings))
    handle('widget.reset', async ({ widget }) => {
      const before = this.#find(widget)
      return this.#set(before, defaultSettings(before.kind), 'all')
    })
    handle('widget.undo', ({ widget }) => this.#undo(this.#find(widget)))
    handle('widget.preset.save', ({ widget, name }) => this.#savePreset(this.#find(widget), name))
    handle('widget.preset.apply', ({ widget, preset }) => this.#applyPreset(this.#find(widget), preset))
    handle('widget.preset.remove', ({ preset }) => this.#removePreset(this.#findPreset(preset)))
    handle('widget.export', async ({ widgets }) => this.#export(widgets))
    handle('widget.import', ({ file }) => this.#import(file))
    handle('widget.url.get', async ({ widget }) => {
      const { id } = this.#find(widget)
      return this.#wordUrl(id, await this.#options.tokens.overlayToken(WIDGET_OWNER_PREFIX + id))
    })
    handle('widget.url.renew', async ({ widget }) => {
      const { id } = this.#find(widget)
      return this.#wordUrl(id, await this.#options.tokens.renewOverlayToken(WIDGET_OWNER_PREFIX + id))
    })
  }

  /** One after the other: each sees what the one before has written. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work, work)
    this.#line = turn.catch(() => {})
    return turn
  }

  async #add(kind: WidgetKind, name: string, settings: Settings = defaultSettings(kind)): Promise<{ widget: string }> {
    checkRoom(this.widgets.length, 1)
    const widget: Widget = { id: newId(), kind, name: freeName(this.widgets, name), settings }
    await this.#commit({ widgets: [...this.widgets, widget] }, [this.#keep('widgets', widget)])
    return { widget: widget.id }
  }

  async #replace(widget: Widget): Promise<Record<string, never>> {
    const widgets = this.widgets.map((other) => (other.id === widget.id ? widget : other))
    await this.#commit({ widgets }, [this.#keep('widgets', widget)])
    return {}
  }

  async #remove({ id }: Widget): Promise<Record<string, never>> {
    await this.#commit({ widgets: this.widgets.filter((other) => other.id !== id) }, [forget('widgets', id)])
    this.#pasts.delete(id)
    try {
      await this.#options.tokens.removeOverlayToken(WIDGET_OWNER_PREFIX + id)
    } catch (error) {
      // It is dead in memory; the page behind it shows nothing in any case.
      this.#options.log.error({ err: error, widget: id }, 'the token of a removed widget could not be written off')
    }
    return {}
  }

  async #change(before: Widget, change: Settings): Promise<Record<string, never>> {
    const { settings, faults } = readSettings(before.kind, change)
    const [fault] = Object.entries(faults)
    if (fault) {
      const path = `settings.${fault[0]}`
      throw new CommandError('invalid_args', `${path}: ${fault[1]}`, { path })
    }
    const changed = Object.fromEntries(Object.keys(change).map((name) => [name, settings[name]]))
    return this.#set(before, { ...before.settings, ...changed }, Object.keys(change).sort().join())
  }

  /** `fields`: what is changed; the same again within a moment is one step of the undo. */
  async #set(before: Widget, settings: Settings, fields: string): Promise<Record<string, never>> {
    if (JSON.stringify(before.settings) === JSON.stringify(settings)) return {}
    const answer = await this.#replace({ ...before, settings })
    const now = this.#options.clock.monotonic()
    const past = this.#pasts.get(before.id) ?? { settings: [], lastAt: Number.NEGATIVE_INFINITY, lastFields: '' }
    const isSame = past.lastFields === fields && now - past.lastAt < UNDO_WINDOW_MS
    const steps = isSame ? past.settings : [...past.settings, before.settings].slice(-MAX_UNDO)
    this.#pasts.set(before.id, { settings: steps, lastAt: now, lastFields: fields })
    return answer
  }

  async #undo(before: Widget): Promise<Record<string, never>> {
    const past = this.#pasts.get(before.id)
    const settings = past?.settings.at(-1)
    if (!past || !settings) {
      throw new CommandError('conflict', `nothing of ${quoted(before.name)} was changed since Landale started`)
    }
    await this.#replace({ ...before, settings })
    this.#pasts.set(before.id, { settings: past.settings.slice(0, -1), lastAt: past.lastAt, lastFields: '' })
    return {}
  }

  async #savePreset({ kind, settings }: Widget, name: string): Promise<{ preset: string }> {
    const { presets } = this.#held
    const known = presets.find((other) => other.kind === kind && other.name === name)
    if (!known && presets.length >= MAX_PRESETS) {
      throw new CommandError(
        'conflict',
        `there are ${MAX_PRESETS} presets already, which is the most; remove one first`,
      )
    }
    const preset: WidgetPreset = { id: known?.id ?? newId(), kind, name, settings }
    const others = presets.filter((other) => other !== known)
    await this.#commit({ presets: [...others, preset] }, [this.#keep('widget_presets', preset)])
    return { preset: preset.id }
  }

  async #applyPreset(widget: Widget, id: string): Promise<Record<string, never>> {
    const preset = this.#findPreset(id)
    if (preset.kind !== widget.kind) {
      const message = `the preset ${quoted(preset.name)} is for ${titleOf(preset.kind)}, ${quoted(widget.name)} is ${titleOf(widget.kind)}`
      throw new CommandError('conflict', message, { path: 'preset' })
    }
    return this.#set(widget, preset.settings, 'all')
  }

  async #removePreset({ id }: WidgetPreset): Promise<Record<string, never>> {
    const presets = this.#held.presets.filter((other) => other.id !== id)
    await this.#commit({ presets }, [forget('widget_presets', id)])
    return {}
  }

  #export(ids: readonly string[] | undefined): WidgetFile {
    const widgets = ids ? ids.map((id) => this.#find(id)) : this.widgets
    const presets = ids ? [] : this.#held.presets
    const entry = ({ kind, name, settings }: Widget | WidgetPreset) => ({ kind, name, settings })
    return { format: 'landale-widgets', version: 1, widgets: widgets.map(entry), presets: presets.map(entry) }
  }

  async #import(file: WidgetFile): Promise<CommandResult<'widget.import'>> {
    const faults: string[] = []
    const read = (entries: WidgetFile['widgets']) =>
      entries.flatMap(({ kind, name, settings: given }) => {
        if (!isWidgetKind(kind)) {
          faults.push(`${quoted(name)} is left out: this Landale has no widget of the kind ${quoted(kind)}`)
          return []
        }
        const { settings, faults: misfits } = readSettings(kind, given)
        for (const [field, fault] of Object.entries(misfits)) faults.push(`${quoted(name)}, ${field}: ${fault}`)
        return [{ id: newId(), kind, name, settings }]
      })
    const added = read(file.widgets)
    const isThere = (preset: WidgetPreset) =>
      this.#held.presets.some(({ kind, name }) => kind === preset.kind && name === preset.name)
    const presets = read(file.presets).filter((preset) => !isThere(preset))
    checkRoom(this.widgets.length, added.length)
    if (this.#held.presets.length + presets.length > MAX_PRESETS) {
      throw new CommandError('conflict', `there would be more than ${MAX_PRESETS} presets; remove some first`)
    }
    const widgets = [...this.widgets]
    for (const widget of added) widgets.push({ ...widget, name: freeName(widgets, widget.name) })
    const statements = [
      ...widgets.slice(this.widgets.length).map((widget) => this.#keep('widgets', widget)),
      ...presets.map((preset) => this.#keep('widget_presets', preset)),
    ]
    await this.#commit({ widgets, presets: [...this.#held.presets, ...presets] }, statements)
    return { widgets: added.map(({ id }) => id), faults }
  }

  #keep(table: 'widgets' | 'widget_presets', entry: Widget | WidgetPreset): Statement {
    return keep(table, entry, this.#options.clock.now())
  }

  /** Writes, then shows. When the store refuses, nothing has changed. */
  async #commit(change: Partial<StoredWidgets>, statements: readonly Statement[]): Promise<void> {
    await this.#options.store.run(statements).catch(throwUnsaved)
    this.#held = { ...this.#held, ...change }
    this.#state?.update((draft) => Object.assign(draft, this.#held))
    if (change.widgets) this.#didChange.fire(this.#held.widgets)
  }

  #find(id: string): Widget {
    const widget = this.widgets.find((other) => other.id === id)
    if (widget) return widget
    throw new CommandError('not_found', `there is no widget "${id}"; it may be removed already`, { path: 'widget' })
  }

  #findPreset(id: string): WidgetPreset {
    const preset = this.#held.presets.find((other) => other.id === id)
    if (preset) return preset
    throw new CommandError('not_found', `there is no preset "${id}"; it may be removed already`, { path: 'preset' })
  }

  #wordUrl(id: string, token: string): { url: string } {
    return { url: `${this.#options.baseUrl()}/widget/${id}?token=${token}` }
  }
}

function checkRoom(there: number, more: number): void {
  if (there + more <= MAX_WIDGETS) return
  const message = `there would be more than ${MAX_WIDGETS} widgets, which is the most; remove some first`
  throw new CommandError('conflict', message)
}

/** Two of one name can't be told apart in a list: the second is "Goals 2". */
function freeName(widgets: readonly Widget[], wanted: string): string {
  const taken = new Set(widgets.map(({ name }) => name))
  const stem = wanted.replace(/ \d+$/, '').slice(0, 55)
  let name = wanted
  for (let number = 2; taken.has(name); number++) name = `${stem} ${number}`
  return name
}

function titleOf(kind: WidgetKind): string {
  return quoted(widgetDefinitions[kind].title)
}

function quoted(name: string): string {
  return `“${name}”`
}
