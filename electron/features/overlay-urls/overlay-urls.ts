/** The address of each overlay, with its revocable read-only token. Owns no token; only the wording of the URL. */
import { Emitter } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import { HEALTHY, type Health, type Service, untilAborted } from '../../kernel/service.ts'
import type { Tokens } from '../../kernel/tokens.ts'

/** The one output there is until outputs can be added. */
export const MAIN_OUTPUT = 'main'

export interface OverlayUrls extends Service {
  /** The URL for OBS. Rejects with a `CommandError` for an unknown output. */
  urlOf(output: string): Promise<string>
}

export interface OverlayUrlsOptions {
  commands: Commands
  tokens: Pick<Tokens, 'overlayToken' | 'renewOverlayToken'>
  /** Base URL of the hub, e.g. `http://127.0.0.1:7175`. */
  baseUrl: () => string
}

export function createOverlayUrls({ commands, tokens, baseUrl }: OverlayUrlsOptions): OverlayUrls {
  function wordUrl(output: string, token: string): string {
    return `${baseUrl()}/overlay/${encodeURIComponent(output)}?token=${token}`
  }

  function known(output: string): string {
    if (output === MAIN_OUTPUT) return output
    throw new CommandError('not_found', `there is no output "${output}"; there is "${MAIN_OUTPUT}"`, { path: 'output' })
  }

  const urlOf = async (output: string) => wordUrl(output, await tokens.overlayToken(known(output)))

  function allUrls(output: string, token: string) {
    const live = `${baseUrl()}/live/${encodeURIComponent(output)}`
    return {
      url: wordUrl(output, token),
      liveUrl: `${live}?token=${token}`,
      previewUrl: `${live}.mjpeg?token=${token}`,
    }
  }

  return {
    id: 'overlay-urls',
    health: HEALTHY,
    onDidChangeHealth: new Emitter<Health>().event,
    urlOf,
    async run(signal) {
      const owned = new DisposableStore()
      owned.add(
        commands.handle('overlay.url.get', async ({ output }) =>
          allUrls(output, await tokens.overlayToken(known(output))),
        ),
      )
      owned.add(
        commands.handle('overlay.url.renew', async ({ output }) =>
          allUrls(output, await tokens.renewOverlayToken(known(output))),
        ),
      )
      await untilAborted(signal)
      owned.dispose()
    },
  }
}
