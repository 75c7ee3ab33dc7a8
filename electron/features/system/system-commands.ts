/** What can be asked of the hub itself: its modules, its store, its tokens. */
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { Bus } from '../../kernel/bus.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import type { Store } from '../../kernel/store/store.ts'
import type { Supervisor } from '../../kernel/supervisor.ts'
import type { Tokens } from '../../kernel/tokens.ts'
import { SYSTEM_ID } from './system.ts'

export interface SystemCommandsOptions {
  bus: Bus
  commands: Commands
  store: Pick<Store, 'backup'>
  supervisor: Supervisor
  tokens: Pick<Tokens, 'create' | 'revoke' | 'list'>
}

const SOURCE = 'landale'

export function addSystemCommands(options: SystemCommandsOptions): Disposable {
  const owned = new DisposableStore()
  addModuleCommands(options, owned)
  addTokenCommands(options, owned)
  const { bus, commands, store } = options
  owned.add(
    commands.handle('system.store.backup', async (_, context) => {
      const backup = await store.backup()
      await bus.publish({ type: 'system.store.backed-up', source: SOURCE, payload: backup, causedBy: context })
      return backup
    }),
  )
  return owned
}

function addModuleCommands({ commands, supervisor }: SystemCommandsOptions, owned: DisposableStore): void {
  const known = (module: string) => {
    if (!supervisor.has(module))
      throw new CommandError('not_found', `there is no module "${module}"`, { path: 'module' })
    if (module !== SYSTEM_ID) return module
    throw new CommandError('conflict', 'this module runs as long as Landale does', { path: 'module' })
  }
  owned.add(
    commands.handle('system.module.start', ({ module }) => {
      supervisor.start(known(module))
      return {}
    }),
  )
  owned.add(
    commands.handle('system.module.stop', async ({ module }) => {
      await supervisor.stop(known(module))
      return {}
    }),
  )
  owned.add(
    commands.handle('system.module.restart', async ({ module }) => {
      await supervisor.restart(known(module))
      return {}
    }),
  )
}

function addTokenCommands({ bus, commands, tokens }: SystemCommandsOptions, owned: DisposableStore): void {
  owned.add(
    commands.handle('system.token.create', async ({ name, scopes }, context) => {
      const { info, secret } = await tokens.create(name, scopes)
      const payload = { tokenId: info.tokenId, name, scopes }
      await bus.publish({ type: 'system.token.created', source: SOURCE, payload, causedBy: context })
      return { tokenId: info.tokenId, token: secret }
    }),
  )
  owned.add(
    commands.handle('system.token.revoke', async ({ tokenId }, context) => {
      const name = tokens.list().find((token) => token.tokenId === tokenId)?.name ?? ''
      await tokens.revoke(tokenId)
      await bus.publish({ type: 'system.token.revoked', source: SOURCE, payload: { tokenId, name }, causedBy: context })
      return {}
    }),
  )
}
