/**
 * Global keys: which key runs which command, kept in the store. Registering a key proves little (under Wayland the system
 * may take it and never fire), so each can be tested by pressing it; during the test the command is not run. Knows no
 * command by name and no operating system: keys come through a port that a headless hub does not have.
 */

import type { Clock } from '../../../base/clock.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { CommandDefinition } from '../../../contracts/command.ts'
import { commandDefinitions, isCommandName } from '../../../contracts/commands.ts'
import type { ShortcutBinding, ShortcutsState } from '../../../contracts/state/shortcuts.ts'
import type { Channels, StateHandle } from '../../kernel/channels/channels.ts'
import { type Actor, CommandError, type Commands, pathText } from '../../kernel/commands.ts'
import type { Logger } from '../../kernel/log.ts'
import { newId } from '../../kernel/new-id.ts'
import type { GlobalKeys } from '../../kernel/ports/global-keys.ts'
import { ALWAYS_HEALTHY, type Service, untilAborted } from '../../kernel/service.ts'
import type { Migration, Store } from '../../kernel/store/store.ts'
import { normalAccelerator } from './accelerator.ts'
import { type Binding, DEFAULT_BINDINGS } from './default-bindings.ts'

const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`
const defaultRows = DEFAULT_BINDINGS.map(({ id, accelerator, command, args }) =>
  [id, accelerator, command, JSON.stringify(args)].map(quoted).join(', '),
)

export const shortcutsMigrations: readonly Migration[] = [
  {
    id: 'shortcuts/1',
    // The default keys go in with the table: once, so that one that was unbound stays unbound.
    sql: `
      CREATE TABLE shortcuts (
        id TEXT PRIMARY KEY,
        accelerator TEXT NOT NULL,
        command TEXT NOT NULL,
        args TEXT NOT NULL,
        last_fired_at INTEGER
      ) STRICT;
      INSERT INTO shortcuts (id, accelerator, command, args) VALUES ${defaultRows.map((row) => `(${row})`).join(', ')};
    `,
  },
]

export interface ShortcutsOptions {
  /** Null where there are none. */
  keys: GlobalKeys | null
  commands: Pick<Commands, 'handle' | 'invoke'>
  channels: Pick<Channels, 'state'>
  store: Pick<Store, 'all' | 'run'>
  clock: Clock
  log: Pick<Logger, 'warn' | 'error'>
}

interface ShortcutRow {
  id: string
  accelerator: string
  command: string
  args: string
  last_fired_at: number | null
}

const NO_KEYS = 'global keys need the desktop app; this hub runs headless. The same command works over HTTP.'

export function createShortcuts(options: ShortcutsOptions): Service {
  return {
    id: 'shortcuts',
    ...ALWAYS_HEALTHY,
    async run(signal) {
      const rows = await options.store.all<ShortcutRow>('SELECT * FROM shortcuts ORDER BY rowid')
      const session = new ShortcutSession(options, rows)
      try {
        await untilAborted(signal)
      } finally {
        session.dispose()
      }
    },
  }
}

class ShortcutSession {
  readonly #options: ShortcutsOptions
  readonly #owned = new DisposableStore()
  readonly #state: StateHandle<ShortcutsState>
  /** Tests waiting for a press, by binding. */
  readonly #tests = new Map<string, Set<() => void>>()

  constructor(options: ShortcutsOptions, rows: readonly ShortcutRow[]) {
    this.#options = options
    const { commands, channels, keys } = options
    const initial: ShortcutsState = { available: keys !== null, bindings: [] }
    this.#state = this.#owned.add(channels.state('state:shortcuts', initial))
    this.#owned.defer(() => this.#unregisterAll())
    const bindings = rows.map((row) => this.#register(bindingOf(row), row.last_fired_at))
    this.#state.update((draft) => {
      draft.bindings = bindings
    })
    this.#owned.add(commands.handle('shortcut.bind', (args) => this.#bind(args)))
    this.#owned.add(commands.handle('shortcut.unbind', ({ id }) => this.#unbind(id)))
    this.#owned.add(commands.handle('shortcut.test', ({ id, timeoutMs }) => this.#test(id, timeoutMs)))
  }

  dispose(): void {
    this.#owned.dispose()
  }

  async #bind(wanted: Omit<Binding, 'id'>): Promise<{ id: string }> {
    const normal = normalAccelerator(wanted.accelerator)
    if (normal === null) {
      const message = `"${wanted.accelerator}" is no key combination; write it like "Control+Shift+F1"`
      throw new CommandError('invalid_args', message, { path: 'accelerator' })
    }
    checkCommand(wanted.command, wanted.args)
    const taken = this.#state.value.bindings.find((other) => normalAccelerator(other.accelerator) === normal)
    if (taken) {
      const message = `${wanted.accelerator} already runs "${taken.command}"; unbind it first`
      throw new CommandError('conflict', message, { path: 'accelerator' })
    }
    const binding = { id: newId(), ...wanted }
    await this.#options.store.run([
      {
        sql: 'INSERT INTO shortcuts (id, accelerator, command, args) VALUES (?, ?, ?, ?)',
        params: [binding.id, binding.accelerator, binding.command, JSON.stringify(binding.args)],
      },
    ])
    const shown = this.#register(binding, null)
    this.#state.update((draft) => {
      draft.bindings.push(shown)
    })
    return { id: binding.id }
  }

  async #unbind(id: string): Promise<Record<string, never>> {
    const binding = this.#find(id)
    await this.#options.store.run([{ sql: 'DELETE FROM shortcuts WHERE id = ?', params: [id] }])
    if (binding.status !== 'refused') this.#options.keys?.unregister(binding.accelerator)
    this.#state.update((draft) => {
      draft.bindings = draft.bindings.filter((other) => other.id !== id)
    })
    return {}
  }

  /** Waits for the key to be pressed. The press proves the key and does nothing else. */
  #test(id: string, timeoutMs: number): Promise<{ fired: boolean; afterMs: number | null }> {
    const { keys, clock } = this.#options
    const binding = this.#find(id)
    if (!keys) throw new CommandError('unavailable', NO_KEYS)
    if (binding.status === 'refused') throw new CommandError('unavailable', binding.reason ?? 'the key was refused')
    const began = clock.monotonic()
    const waiting = this.#tests.get(id) ?? new Set()
    this.#tests.set(id, waiting)
    return new Promise((resolve) => {
      const finish = (fired: boolean) => {
        this.#owned.delete(timer)
        waiting.delete(pressed)
        resolve({ fired, afterMs: fired ? Math.round(clock.monotonic() - began) : null })
      }
      const pressed = () => finish(true)
      const timer = this.#owned.add(clock.setTimeout(() => finish(false), timeoutMs))
      waiting.add(pressed)
    })
  }

  #register(binding: Binding, lastFiredAt: number | null): ShortcutBinding {
    const { keys } = this.#options
    const shown = { ...binding, lastFiredAt }
    if (!keys) return { ...shown, status: 'unavailable', reason: NO_KEYS }
    const taken = keys.register(binding.accelerator, () => this.#press(binding))
    if (taken) return { ...shown, status: lastFiredAt === null ? 'registered' : 'verified', reason: null }
    const reason = `the system refused ${binding.accelerator}: another program holds it, or it does not exist here. Bind another key.`
    return { ...shown, status: 'refused', reason }
  }

  #press(binding: Binding): void {
    this.#noteFired(binding.id).catch((error) => {
      this.#options.log.error({ err: error, binding: binding.id }, 'a key press could not be noted')
    })
    const tests = this.#tests.get(binding.id)
    if (tests && tests.size > 0) for (const pressed of [...tests]) pressed()
    else void this.#invoke(binding)
  }

  async #invoke({ accelerator, command, args }: Binding): Promise<void> {
    const actor: Actor = { name: `key:${accelerator}`, scopes: ['admin'] }
    const answer = await this.#options.commands.invoke(command, args, actor)
    if (answer.status === 'rejected') {
      this.#options.log.warn({ accelerator, command, error: answer.error }, 'a key was pressed and its command refused')
    }
  }

  async #noteFired(id: string): Promise<void> {
    const now = this.#options.clock.now()
    this.#state.update((draft) => {
      const binding = draft.bindings.find((other) => other.id === id)
      if (binding) Object.assign(binding, { lastFiredAt: now, status: 'verified' })
    })
    await this.#options.store.run([{ sql: 'UPDATE shortcuts SET last_fired_at = ? WHERE id = ?', params: [now, id] }])
  }

  #find(id: string): ShortcutBinding {
    const binding = this.#state.value.bindings.find((other) => other.id === id)
    if (binding) return binding
    throw new CommandError('not_found', `there is no key binding "${id}"`, { path: 'id' })
  }

  #unregisterAll(): void {
    for (const { accelerator, status } of this.#state.value.bindings) {
      if (status !== 'refused') this.#options.keys?.unregister(accelerator)
    }
  }
}

/** A key must not fail when it is pressed for what could be seen when it was bound. */
function checkCommand(name: string, args: Record<string, unknown>): void {
  if (!isCommandName(name)) {
    throw new CommandError('invalid_args', `there is no command "${name}"`, { path: 'command' })
  }
  const definition: CommandDefinition = commandDefinitions[name]
  if (definition.secretArgs.length > 0) {
    const message = `"${name}" takes a secret, which can't be kept in a key binding`
    throw new CommandError('invalid_args', message, { path: 'command' })
  }
  const parsed = definition.args.safeParse(args)
  if (parsed.success) return
  const issue = parsed.error.issues[0]
  const path = pathText(['args', ...(issue?.path ?? [])])
  throw new CommandError('invalid_args', `${path}: ${issue?.message ?? 'not valid'}`, { path })
}

function bindingOf({ id, accelerator, command, args }: ShortcutRow): Binding {
  return { id, accelerator, command, args: JSON.parse(args) }
}
