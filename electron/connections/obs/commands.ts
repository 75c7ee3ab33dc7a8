/**
 * The commands of `obs.*`, each as one or a few requests. A command commits when OBS has answered, which for a fade is
 * before the scene has changed: the news of that comes at the fade's end. Knows no key and no button.
 */
import type { OBSRequestTypes } from 'obs-websocket-js/json'
import type { z } from 'zod'
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { CommandName } from '../../../contracts/commands.ts'
import type { ConnectionState } from '../../../contracts/state/connection.ts'
import type { ObsState } from '../../../contracts/state/obs.ts'
import { CommandError, type CommandHandler, type Commands } from '../../kernel/commands.ts'
import type { BrowserSources } from './browser-sources.ts'
import type { ObsAddressBook, ObsEnvironment } from './config.ts'
import { inWords, type Subject } from './rejection.ts'
import { ObsCallError, type ObsSession } from './session.ts'
import type { ObsRequestName } from './socket.ts'
import { recordPathSchema, STATUS, scenesSchema, screenshotSchema, transitionsSchema } from './wire.ts'

export interface ObsCommandsOptions {
  commands: Commands
  /** The open session, or null. */
  session: () => ObsSession | null
  state: () => ObsState
  addresses: ObsAddressBook
  environment: ObsEnvironment
  retryNow: () => void
  restart: () => void
  browserSources: BrowserSources
}

type ObsCommandName = Extract<CommandName, `obs.${string}`>

/** Takes on all of OBS's commands until disposed of. */
export function handleObsCommands(options: ObsCommandsOptions): Disposable {
  const { commands } = options
  const ask = askerOf(options)
  const owned = new DisposableStore()
  const on = <N extends ObsCommandName>(name: N, handler: CommandHandler<N>) =>
    owned.add(commands.handle(name, handler))

  handleConnection(on, options)
  handleScenes(on, ask, options)
  handleOutputs(on, ask)
  handleInputs(on, ask)
  on('obs.screenshot', ({ source, format, width }) => takeScreenshot(ask, { source, format, width }))
  on('obs.browser-source.install', (args) => options.browserSources.install(requireSession(options), args))
  on('obs.browser-source.refresh', () => options.browserSources.refresh(requireSession(options)))
  return owned
}

type On = <N extends ObsCommandName>(name: N, handler: CommandHandler<N>) => Disposable

interface Asker {
  <N extends ObsRequestName>(subject: Subject, name: N, data?: OBSRequestTypes[N]): Promise<unknown>
  read<N extends ObsRequestName, S extends z.ZodType>(
    subject: Subject,
    name: N,
    schema: S,
    data?: OBSRequestTypes[N],
  ): Promise<z.output<S>>
}

function askerOf(options: ObsCommandsOptions): Asker {
  const ask: Asker = (subject, name, data) => {
    const session = requireSession(options)
    return inWords(subject, () => session.ask(name, data))
  }
  ask.read = (subject, name, schema, data) => {
    const session = requireSession(options)
    return inWords(subject, () => session.call(name, schema, data))
  }
  return ask
}

function requireSession({ session, state }: Pick<ObsCommandsOptions, 'session' | 'state'>): ObsSession {
  const open = session()
  if (open?.isOpen) return open
  throw new CommandError('unavailable', `OBS is not connected${whyNot(state().connection)}`)
}

/** The reason of a connection that is not there, as the end of a sentence. */
export function whyNot(connection: ConnectionState): string {
  return 'reason' in connection ? `: ${connection.reason}` : `; it is ${connection.status}`
}

function handleConnection(on: On, options: ObsCommandsOptions): void {
  on('obs.connect', () => {
    options.retryNow()
    return {}
  })
  on('obs.configure', async ({ url, password }) => {
    const { environment } = options
    if (environment.url && environment.url !== url) throw pinned('url', 'LANDALE_OBS_URL')
    if (environment.password && password !== undefined && environment.password !== password) {
      throw pinned('password', 'LANDALE_OBS_PASSWORD')
    }
    await options.addresses.save(url, password)
    options.restart()
    return {}
  })
}

function pinned(path: string, variable: string): CommandError {
  return new CommandError('conflict', `${variable} is set and beats what is set here; unset it and start again`, {
    path,
  })
}

function handleScenes(on: On, ask: Asker, options: ObsCommandsOptions): void {
  const sceneCalled = (scene: string): Subject => ({ path: 'scene', what: `scene "${scene}"` })

  on('obs.scene.set', async ({ scene }) => {
    await ask(sceneCalled(scene), 'SetCurrentProgramScene', { sceneName: scene })
    return {}
  })
  on('obs.scene.set-by-number', async ({ number }) => {
    requireSession(options)
    const { list } = options.state().scenes
    const scene = list[number - 1]
    if (scene === undefined) {
      throw new CommandError('not_found', `OBS has ${list.length} scenes, so there is no number ${number}`, {
        path: 'number',
      })
    }
    await ask(sceneCalled(scene), 'SetCurrentProgramScene', { sceneName: scene })
    return { scene }
  })
  on('obs.preview.set', async ({ scene }) => {
    await ask(sceneCalled(scene), 'SetCurrentPreviewScene', { sceneName: scene })
    return {}
  })
  on('obs.preview.take', async ({ cut }) => {
    const take = () => ask({ what: 'the transition' }, 'TriggerStudioModeTransition')
    await (cut ? withCut(ask, take) : take())
    return {}
  })
  on('obs.studio-mode.set', async ({ enabled }) => {
    await ask({ what: 'studio mode' }, 'SetStudioModeEnabled', { studioModeEnabled: enabled })
    return {}
  })
  on('obs.scene-item.visibility.set', async ({ scene, itemId, visible }) => {
    const subject = { path: 'itemId', what: `scene "${scene}" with an item ${itemId}` }
    const data = { sceneName: scene, sceneItemId: itemId, sceneItemEnabled: visible }
    await ask(subject, 'SetSceneItemEnabled', data)
    return {}
  })
  on('obs.transition.set', async ({ transition, durationMs }) => {
    const subject = { path: 'transition', what: `transition "${transition}"` }
    await ask(subject, 'SetCurrentSceneTransition', { transitionName: transition })
    if (durationMs === undefined) return {}
    const ofDuration = { path: 'durationMs', what: `the duration of transition "${transition}"` }
    await ask(ofDuration, 'SetCurrentSceneTransitionDuration', { transitionDuration: durationMs })
    return {}
  })
}

/** Does `work` while the cut is chosen, and chooses again what was. */
async function withCut(ask: Asker, work: () => Promise<unknown>): Promise<void> {
  const { current, cut } = await ask.read({ what: 'the transitions' }, 'GetSceneTransitionList', transitionsSchema)
  if (cut === null) {
    throw new CommandError('not_found', 'OBS has no cut among its transitions; add one there under Scene Transitions')
  }
  if (current === null || current === cut) {
    await work()
    return
  }
  const choose = (name: string) =>
    ask({ what: `transition "${name}"` }, 'SetCurrentSceneTransition', { transitionName: name })
  await choose(cut)
  try {
    await work()
  } finally {
    await choose(current)
  }
}

function handleOutputs(on: On, ask: Asker): void {
  const plain = (command: PlainCommand, request: ObsRequestName, what: string) =>
    on(command, async () => {
      await ask({ what }, request)
      return {}
    })
  plain('obs.stream.start', 'StartStream', 'the stream')
  plain('obs.stream.stop', 'StopStream', 'the stream')
  plain('obs.recording.start', 'StartRecord', 'the recording')
  plain('obs.recording.pause', 'PauseRecord', 'the recording')
  plain('obs.recording.resume', 'ResumeRecord', 'the recording')
  plain('obs.replay-buffer.save', 'SaveReplayBuffer', 'the replay buffer')
  on('obs.recording.stop', async () => ({
    path: await ask.read({ what: 'the recording' }, 'StopRecord', recordPathSchema),
  }))
  on('obs.virtual-camera.set', async ({ active }) => {
    await put(() => ask({ what: 'the virtual camera' }, active ? 'StartVirtualCam' : 'StopVirtualCam'))
    return {}
  })
  on('obs.replay-buffer.set', async ({ active }) => {
    await put(() => ask({ what: 'the replay buffer' }, active ? 'StartReplayBuffer' : 'StopReplayBuffer'))
    return {}
  })
}

type PlainCommand =
  | 'obs.stream.start'
  | 'obs.stream.stop'
  | 'obs.recording.start'
  | 'obs.recording.pause'
  | 'obs.recording.resume'
  | 'obs.replay-buffer.save'

/** A `set` that finds things as it wants them has succeeded. */
async function put(work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    const cause = error instanceof CommandError ? error.cause : undefined
    const code = cause instanceof ObsCallError ? cause.code : null
    if (code !== STATUS.outputRunning && code !== STATUS.outputNotRunning) throw error
  }
}

function handleInputs(on: On, ask: Asker): void {
  const inputCalled = (input: string): Subject => ({ path: 'input', what: `input "${input}"` })

  on('obs.input.mute', async ({ input, muted }) => {
    await ask(inputCalled(input), 'SetInputMute', { inputName: input, inputMuted: muted })
    return {}
  })
  on('obs.input.volume.set', async ({ input, volumeDb }) => {
    await ask(inputCalled(input), 'SetInputVolume', { inputName: input, inputVolumeDb: volumeDb })
    return {}
  })
}

interface ScreenshotArgs {
  source: string | undefined
  format: string
  width: number | undefined
}

async function takeScreenshot(ask: Asker, { source, format, width }: ScreenshotArgs) {
  const name = source ?? (await programScene(ask))
  const subject = { path: 'source', what: `source "${name}"` }
  const size = width === undefined ? {} : { imageWidth: width }
  const data = { sourceName: name, imageFormat: format, ...size }
  return { source: name, dataUrl: await ask.read(subject, 'GetSourceScreenshot', screenshotSchema, data) }
}

async function programScene(ask: Asker): Promise<string> {
  const { current } = await ask.read({ what: 'the program scene' }, 'GetSceneList', scenesSchema)
  if (current === null) throw new CommandError('not_found', 'OBS has no program scene to take a screenshot of')
  return current
}
