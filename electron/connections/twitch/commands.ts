/** What can be asked of the link to Twitch. */
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import { errorMessage } from '../../../base/result.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import type { ConnectionLoop } from '../connection.ts'
import type { TwitchAuth } from './auth.ts'
import type { DeviceSignIn } from './sign-in.ts'
import { scopesFor, twitchTopics } from './topics.ts'

export interface TwitchCommandsOptions {
  commands: Pick<Commands, 'handle'>
  loop: ConnectionLoop
  signIn: DeviceSignIn
  /** Null while no client id is set. */
  authInUse(): Promise<TwitchAuth | null>
  /** The client id of the settings, which can't be changed from here. */
  fixedClientId: string | undefined
  setClientId(clientId: string): Promise<void>
  onSignedOut(userId: string | null): void
  onCancelled(): void
}

export function handleTwitchCommands(options: TwitchCommandsOptions): Disposable {
  const { commands, loop, signIn, authInUse, fixedClientId, setClientId } = options
  const taken = new DisposableStore()

  taken.add(
    commands.handle('twitch.sign-in', async ({ topics }) => {
      const unknown = topics?.find((topic) => !twitchTopics.some(({ type }) => type === topic))
      if (unknown !== undefined) {
        throw new CommandError('invalid_args', `there is no Twitch topic "${unknown}"`, { path: 'topics' })
      }
      const auth = await needAuth(authInUse)
      // A token has exactly the scopes it was asked with: those that are granted must be asked for again.
      const granted = auth.tokens?.scopes ?? []
      const scopes = topics === undefined ? scopesFor() : [...new Set([...granted, ...scopesFor(topics)])].sort()
      try {
        const { userCode, verificationUri, expiresAt } = await signIn.start(auth, scopes)
        return { userCode, verificationUri, expiresAt }
      } catch (error) {
        const message = `Twitch gave no sign-in code: ${errorMessage(error)}`
        throw new CommandError('vendor_error', message, { cause: error })
      }
    }),
  )
  taken.add(
    commands.handle('twitch.sign-in.cancel', () => {
      if (!signIn.cancel()) throw new CommandError('not_found', 'no sign-in is under way')
      options.onCancelled()
      return {}
    }),
  )
  taken.add(
    commands.handle('twitch.sign-out', async () => {
      const auth = await needAuth(authInUse)
      const userId = auth.tokens?.userId ?? null
      signIn.cancel()
      await auth.forget()
      options.onSignedOut(userId)
      loop.restart()
      return {}
    }),
  )
  taken.add(
    commands.handle('twitch.connect', () => {
      loop.retryNow()
      return {}
    }),
  )
  taken.add(
    commands.handle('twitch.configure', async ({ clientId }) => {
      if (fixedClientId !== undefined && fixedClientId !== clientId) {
        const message = 'the client id is set in config.json or LANDALE_TWITCH_CLIENT_ID; change it there'
        throw new CommandError('conflict', message, { path: 'clientId' })
      }
      await setClientId(clientId)
      signIn.cancel()
      loop.restart()
      return {}
    }),
  )
  return taken
}

async function needAuth(authInUse: () => Promise<TwitchAuth | null>): Promise<TwitchAuth> {
  const auth = await authInUse()
  if (auth) return auth
  throw new CommandError('unavailable', 'no Twitch client id is set; set it first with twitch.configure')
}
