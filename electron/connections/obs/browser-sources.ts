/**
 * Landale's own browser sources in OBS: puts one into a scene so that it fills the canvas, brings an existing one up to
 * date, and refreshes all of them. Doing it twice changes nothing. Does not know what the pages show.
 */
import type { CommandResult, ParsedCommandArgs } from '../../../contracts/commands.ts'
import type { ShowingWay } from '../../../contracts/output.ts'
import { CommandError } from '../../kernel/commands.ts'
import { inWords } from './rejection.ts'
import { ObsCallError, type ObsSession } from './session.ts'
import { inputKindSchema, inputsSchema, itemIdSchema, STATUS, videoSchema } from './wire.ts'

const KIND = 'browser_source'
const NAME_PREFIX = 'Landale '

/** The address of an output for a browser source. Rejects with a `CommandError` for an unknown output. */
export type OverlayUrl = (output: string, way: ShowingWay) => Promise<string>

export interface BrowserSources {
  /** Throws a `CommandError` when OBS can't. */
  install(
    session: ObsSession,
    args: ParsedCommandArgs<'obs.browser-source.install'>,
  ): Promise<CommandResult<'obs.browser-source.install'>>
  refresh(session: ObsSession): Promise<CommandResult<'obs.browser-source.refresh'>>
}

interface Canvas {
  width: number
  height: number
  fps: number
}

export function createBrowserSources(overlayUrl: OverlayUrl): BrowserSources {
  return {
    async install(session, { scene, output, way }) {
      const input = `${NAME_PREFIX}${output}`
      const url = await overlayUrl(output, way)
      const canvas = await inWords({ what: 'the canvas' }, () => session.call('GetVideoSettings', videoSchema))
      const settings = settingsOf(url, canvas)
      const exists = await isOurs(session, input)
      const itemId = exists
        ? await update(session, { scene, input, settings })
        : await create(session, { scene, input, settings })
      await fillCanvas(session, { scene, itemId, canvas })
      return { input, itemId, created: !exists }
    },
    async refresh(session) {
      const browsers = await inWords({ what: 'browser sources' }, () =>
        session.call('GetInputList', inputsSchema, { inputKind: KIND }),
      )
      const refreshed: string[] = []
      for (const { name } of browsers) {
        if (!name.startsWith(NAME_PREFIX)) continue
        const data = { inputName: name, propertyName: 'refreshnocache' }
        await inWords({ what: `input "${name}"` }, () => session.ask('PressInputPropertiesButton', data))
        refreshed.push(name)
      }
      return { refreshed }
    },
  }
}

/**
 * The page stays loaded while it is hidden, so that an alert that starts off screen is where it should be when the scene
 * comes on; its sound goes through OBS's mixer; and it runs at OBS's own pace.
 */
function settingsOf(url: string, { width, height, fps }: Canvas) {
  return {
    url,
    is_local_file: false,
    width,
    height,
    fps,
    fps_custom: false,
    reroute_audio: true,
    css: '',
    shutdown: false,
    restart_when_active: false,
  }
}

interface Placement {
  scene: string
  input: string
  settings: ReturnType<typeof settingsOf>
}

/** Whether the input is there. One of this name that is no browser source is somebody else's. */
async function isOurs(session: ObsSession, inputName: string): Promise<boolean> {
  const kind = await unlessMissing(() => session.call('GetInputSettings', inputKindSchema, { inputName }))
  if (kind === null) return false
  if (kind === KIND) return true
  const message = `OBS already has an input "${inputName}" that is no browser source; rename or remove it`
  throw new CommandError('conflict', message)
}

async function create(session: ObsSession, { scene, input, settings }: Placement): Promise<number> {
  const data = {
    sceneName: scene,
    inputName: input,
    inputKind: KIND,
    inputSettings: settings,
    sceneItemEnabled: true,
  }
  return inWords({ path: 'scene', what: `scene "${scene}"` }, async () => {
    try {
      return await session.call('CreateInput', itemIdSchema, data)
    } catch (error) {
      if (error instanceof ObsCallError && error.code === STATUS.invalidInputKind) throw noBrowserSource(error)
      throw error
    }
  })
}

function noBrowserSource(cause: unknown): CommandError {
  const message =
    'this build of OBS has no browser source (obs-browser is missing); install OBS from obsproject.com, or capture the overlay page in another way'
  return new CommandError('vendor_error', message, { cause })
}

/** Brings the input up to date and makes sure that the scene has it. */
async function update(session: ObsSession, { scene, input, settings }: Placement): Promise<number> {
  const change = { inputName: input, inputSettings: settings, overlay: true }
  await inWords({ what: `input "${input}"` }, () => session.ask('SetInputSettings', change))
  const where = { sceneName: scene, sourceName: input }
  return inWords({ path: 'scene', what: `scene "${scene}"` }, async () => {
    const itemId = await unlessMissing(() => session.call('GetSceneItemId', itemIdSchema, where))
    return itemId ?? session.call('CreateSceneItem', itemIdSchema, { ...where, sceneItemEnabled: true })
  })
}

async function fillCanvas(
  session: ObsSession,
  { scene, itemId, canvas }: { scene: string; itemId: number; canvas: Canvas },
): Promise<void> {
  const sceneItemTransform = {
    positionX: 0,
    positionY: 0,
    rotation: 0,
    scaleX: 1,
    scaleY: 1,
    cropLeft: 0,
    cropTop: 0,
    cropRight: 0,
    cropBottom: 0,
    alignment: 5,
    boundsType: 'OBS_BOUNDS_STRETCH',
    boundsAlignment: 0,
    boundsWidth: canvas.width,
    boundsHeight: canvas.height,
  }
  const data = { sceneName: scene, sceneItemId: itemId, sceneItemTransform }
  await inWords({ what: `item ${itemId} of scene "${scene}"` }, () => session.ask('SetSceneItemTransform', data))
}

async function unlessMissing<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof ObsCallError && error.code === STATUS.resourceNotFound) return null
    throw error
  }
}
