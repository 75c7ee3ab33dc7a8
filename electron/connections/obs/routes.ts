/**
 * The original system's HTTP routes for OBS, in its own envelope, for the Stream Deck buttons and scripts that call
 * them. What they do goes through the commands; what they tell comes from OBS itself.
 */
import type { Clock } from '../../../base/clock.ts'
import { type Disposable, DisposableStore } from '../../../base/lifecycle.ts'
import type { Rejection } from '../../../contracts/command.ts'
import type { CommandName } from '../../../contracts/commands.ts'
import type { ObsState } from '../../../contracts/state/obs.ts'
import { CommandError, type Commands } from '../../kernel/commands.ts'
import { STATUS_OF_REJECTION } from '../../kernel/http/command-routes.ts'
import { HttpAnswer, type RouteRequest, type Routes } from '../../kernel/http/routes.ts'
import { whyNot } from './commands.ts'
import { inWords } from './rejection.ts'
import type { ObsSession } from './session.ts'
import type { ObsRequestName } from './socket.ts'

export interface ObsRoutesOptions {
  routes: Routes
  commands: Commands
  session: () => ObsSession | null
  state: () => ObsState
  clock: Clock
  version: string
}

type ObsRouteRequest = RouteRequest<unknown, unknown>

const QUESTIONS: { path: string; request: ObsRequestName; summary: string }[] = [
  { path: 'scenes', request: 'GetSceneList', summary: 'The scenes of OBS' },
  { path: 'scene/current', request: 'GetCurrentProgramScene', summary: 'The program scene' },
  { path: 'stream-status', request: 'GetStreamStatus', summary: 'How the stream is doing' },
  { path: 'record-status', request: 'GetRecordStatus', summary: 'How the recording is doing' },
  { path: 'stats', request: 'GetStats', summary: 'Frame rates, load and memory of OBS' },
  { path: 'version', request: 'GetVersion', summary: 'Versions of OBS and obs-websocket' },
  { path: 'virtual-cam', request: 'GetVirtualCamStatus', summary: 'Whether the virtual camera runs' },
  { path: 'outputs', request: 'GetOutputList', summary: 'The outputs of OBS' },
]

const ORDERS: { path: string; command: CommandName; summary: string }[] = [
  { path: 'streaming/start', command: 'obs.stream.start', summary: 'Go live' },
  { path: 'streaming/stop', command: 'obs.stream.stop', summary: 'End the stream' },
  { path: 'recording/start', command: 'obs.recording.start', summary: 'Start recording' },
  { path: 'recording/stop', command: 'obs.recording.stop', summary: 'Stop recording' },
]

/** Adds the routes until disposed of. */
export function addObsRoutes(options: ObsRoutesOptions): Disposable {
  const { routes, commands, session, state, clock, version } = options
  const owned = new DisposableStore()

  const success = (data: unknown) => ({
    success: true,
    data,
    meta: { timestamp: new Date(clock.now()).toISOString(), server_version: version },
  })
  const failure = ({ code, message }: Rejection) => {
    const error = { code, message, timestamp: new Date(clock.now()).toISOString() }
    return new HttpAnswer(STATUS_OF_REJECTION[code], { success: false, error })
  }
  const order = async (command: CommandName, args: unknown, { actor, correlationId }: ObsRouteRequest) => {
    const answer = await commands.invoke(command, args, actor, correlationId)
    return answer.status === 'committed' ? success(answer.result) : failure(answer.error)
  }
  const question = async (request: ObsRequestName) => {
    const open = session()
    if (!open?.isOpen) {
      return failure({ code: 'unavailable', message: `OBS is not connected${whyNot(state().connection)}` })
    }
    try {
      return success(await inWords({ what: request }, () => open.ask(request)))
    } catch (error) {
      if (error instanceof CommandError) return failure({ code: error.code, message: error.message })
      throw error
    }
  }
  const add = (
    method: 'GET' | 'POST',
    path: string,
    summary: string,
    handle: (request: ObsRouteRequest) => Promise<unknown>,
  ) => {
    const scope = method === 'GET' ? 'read' : 'obs'
    owned.add(routes.add({ method, path: `/api/obs/${path}`, scope, summary, handle }))
  }

  add('GET', 'status', 'What the hub knows of OBS', async () => success(statusOf(state())))
  for (const { path, request, summary } of QUESTIONS) add('GET', path, summary, () => question(request))
  for (const { path, command, summary } of ORDERS) {
    add('POST', path, summary, (request) => order(command, {}, request))
  }
  add('POST', 'scene/:scene_name', 'Switch the scene', (request) =>
    order('obs.scene.set', { scene: request.params.scene_name }, request),
  )
  return owned
}

/** The state in the words of the original. */
function statusOf(state: ObsState) {
  const { connection, scenes, streaming, recording, studioMode, virtualCamera, replayBuffer } = state
  return {
    connection: {
      connected: connection.status === 'connected',
      connectionState: connection.status,
      ...('reason' in connection ? { lastError: connection.reason } : {}),
      ...('since' in connection ? { lastConnected: connection.since } : {}),
    },
    scenes,
    streaming: { ...streaming, timecode: timecode(streaming.durationMs), duration: streaming.durationMs },
    recording: { ...recording, timecode: timecode(recording.durationMs), duration: recording.durationMs },
    studioMode,
    virtualCam: { active: virtualCamera.active },
    replayBuffer: { active: replayBuffer.active },
  }
}

/** Milliseconds as `HH:MM:SS`. */
function timecode(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000)
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  return parts.map((part) => String(part).padStart(2, '0')).join(':')
}
