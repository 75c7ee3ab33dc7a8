/**
 * obs-websocket's words, read once and turned into ours. Owns every vendor name and shape. Fields that older or newer
 * versions of OBS leave out are tolerated where the state can do without them.
 */
import { EventSubscription } from 'obs-websocket-js/json'
import { z } from 'zod'
import type { ObsInput, ObsMeters, ObsSceneItem, ObsState, ObsStats } from '../../../contracts/state/obs.ts'

/** Everything but the high-volume events. OBS ignores bits it does not know. */
export const EVENTS = EventSubscription.All
/** The same, with the sound meters (20 times a second). */
export const EVENTS_AND_METERS = EventSubscription.All | EventSubscription.InputVolumeMeters

/** More than anybody has, and a bound on what a broken or hostile server can make us keep. */
const MAX_LISTED = 2000

/** What happened in OBS, in our words. `raw` kinds have no event of their own in our catalogue. */
export type ObsNews =
  | { kind: 'scene'; scene: string }
  | { kind: 'preview'; scene: string }
  | { kind: 'scenes'; scenes: string[] }
  | { kind: 'studio-mode'; enabled: boolean }
  | { kind: 'stream'; change: 'started' | 'stopped' | 'reconnecting' | 'reconnected' }
  | { kind: 'recording'; change: 'started' | 'stopped' | 'paused' | 'resumed'; path: string | null }
  | { kind: 'virtual-camera'; active: boolean }
  | { kind: 'replay-buffer'; active: boolean }
  | { kind: 'replay-saved'; path: string }
  | { kind: 'muted'; input: string; muted: boolean }
  | { kind: 'volume'; input: string; volumeDb: number; volumeMul: number }
  | { kind: 'item-visible'; scene: string; itemId: number; visible: boolean }
  | { kind: 'transition'; transition: string }
  | { kind: 'transition-duration'; durationMs: number }
  | { kind: 'exiting' }
  | { kind: 'meters'; meters: ObsMeters }
  /** Not in our catalogue; `means` says what has to change in the state because of it. */
  | { kind: 'other'; rawType: string; body: Record<string, unknown>; means: ObsConsequence | null }

export type ObsConsequence =
  | { kind: 'scene-renamed'; from: string; to: string }
  | { kind: 'input-renamed'; from: string; to: string }
  | { kind: 'scene-removed'; scene: string }
  | { kind: 'input-removed'; input: string }
  /** Has to be read again. */
  | { kind: 'stale'; part: 'inputs' | 'everything' }
  | { kind: 'stale-items'; scene: string }

type Reader = (data: unknown) => ObsNews | null

/** A reader that answers null when the event does not have the fields it should have. */
function reader<S extends z.ZodType>(schema: S, make: (data: z.output<S>) => ObsNews | null): Reader {
  return (data) => {
    const parsed = schema.safeParse(data)
    return parsed.success ? make(parsed.data) : null
  }
}

/** Like `reader`, for events that are kept as they came and mean something for the state. */
function meaning<S extends z.ZodType>(
  rawType: string,
  schema: S,
  means: (data: z.output<S>) => ObsConsequence,
): Reader {
  return (data) => {
    const parsed = schema.safeParse(data)
    return { kind: 'other', rawType, body: bodyOf(data), means: parsed.success ? means(parsed.data) : null }
  }
}

const sceneName = z.object({ sceneName: z.string() })
const inputName = z.object({ inputName: z.string() })
const output = z.object({ outputState: z.string(), outputPath: z.string().nullish() })
const sceneEntry = z.object({ sceneName: z.string(), sceneIndex: z.number() })

const readers: Record<string, Reader> = {
  CurrentProgramSceneChanged: reader(sceneName, (data) => ({ kind: 'scene', scene: data.sceneName })),
  CurrentPreviewSceneChanged: reader(sceneName, (data) => ({ kind: 'preview', scene: data.sceneName })),
  SceneListChanged: reader(z.object({ scenes: z.array(sceneEntry) }), (data) => ({
    kind: 'scenes',
    scenes: sceneNames(data.scenes),
  })),
  StudioModeStateChanged: reader(z.object({ studioModeEnabled: z.boolean() }), (data) => ({
    kind: 'studio-mode',
    enabled: data.studioModeEnabled,
  })),
  StreamStateChanged: reader(output, ({ outputState }) => {
    const change = lookUp(streamChanges, outputState)
    return change ? { kind: 'stream', change } : null
  }),
  RecordStateChanged: reader(output, ({ outputState, outputPath }) => {
    const change = lookUp(recordingChanges, outputState)
    return change ? { kind: 'recording', change, path: outputPath || null } : null
  }),
  VirtualcamStateChanged: reader(output, ({ outputState }) => {
    const active = lookUp(settledOutputs, outputState)
    return active === undefined ? null : { kind: 'virtual-camera', active }
  }),
  ReplayBufferStateChanged: reader(output, ({ outputState }) => {
    const active = lookUp(settledOutputs, outputState)
    return active === undefined ? null : { kind: 'replay-buffer', active }
  }),
  ReplayBufferSaved: reader(z.object({ savedReplayPath: z.string() }), (data) => ({
    kind: 'replay-saved',
    path: data.savedReplayPath,
  })),
  InputMuteStateChanged: reader(inputName.extend({ inputMuted: z.boolean() }), (data) => ({
    kind: 'muted',
    input: data.inputName,
    muted: data.inputMuted,
  })),
  InputVolumeChanged: reader(
    inputName.extend({ inputVolumeDb: z.number(), inputVolumeMul: z.number() }),
    ({ inputName: input, inputVolumeDb, inputVolumeMul }) => ({
      kind: 'volume',
      input,
      volumeDb: inputVolumeDb,
      volumeMul: inputVolumeMul,
    }),
  ),
  InputVolumeMeters: (data) => ({ kind: 'meters', meters: metersOf(data) }),
  SceneItemEnableStateChanged: reader(
    sceneName.extend({ sceneItemId: z.number().int(), sceneItemEnabled: z.boolean() }),
    (data) => ({
      kind: 'item-visible',
      scene: data.sceneName,
      itemId: data.sceneItemId,
      visible: data.sceneItemEnabled,
    }),
  ),
  CurrentSceneTransitionChanged: reader(z.object({ transitionName: z.string() }), (data) => ({
    kind: 'transition',
    transition: data.transitionName,
  })),
  CurrentSceneTransitionDurationChanged: reader(z.object({ transitionDuration: z.number() }), (data) => ({
    kind: 'transition-duration',
    durationMs: data.transitionDuration,
  })),
  ExitStarted: () => ({ kind: 'exiting' }),
  SceneNameChanged: meaning('SceneNameChanged', sceneName.extend({ oldSceneName: z.string() }), (data) => ({
    kind: 'scene-renamed',
    from: data.oldSceneName,
    to: data.sceneName,
  })),
  InputNameChanged: meaning('InputNameChanged', inputName.extend({ oldInputName: z.string() }), (data) => ({
    kind: 'input-renamed',
    from: data.oldInputName,
    to: data.inputName,
  })),
  SceneRemoved: meaning('SceneRemoved', sceneName, (data) => ({ kind: 'scene-removed', scene: data.sceneName })),
  InputRemoved: meaning('InputRemoved', inputName, (data) => ({ kind: 'input-removed', input: data.inputName })),
  InputCreated: meaning('InputCreated', z.unknown(), () => ({ kind: 'stale', part: 'inputs' })),
  SceneCreated: staleItems('SceneCreated'),
  SceneItemCreated: staleItems('SceneItemCreated'),
  SceneItemRemoved: staleItems('SceneItemRemoved'),
  SceneItemListReindexed: staleItems('SceneItemListReindexed'),
  CurrentSceneCollectionChanged: meaning('CurrentSceneCollectionChanged', z.unknown(), staleEverything),
  CurrentProfileChanged: meaning('CurrentProfileChanged', z.unknown(), staleEverything),
}

const streamChanges = {
  OBS_WEBSOCKET_OUTPUT_STARTED: 'started',
  OBS_WEBSOCKET_OUTPUT_STOPPED: 'stopped',
  OBS_WEBSOCKET_OUTPUT_RECONNECTING: 'reconnecting',
  OBS_WEBSOCKET_OUTPUT_RECONNECTED: 'reconnected',
} as const

const recordingChanges = {
  OBS_WEBSOCKET_OUTPUT_STARTED: 'started',
  OBS_WEBSOCKET_OUTPUT_STOPPED: 'stopped',
  OBS_WEBSOCKET_OUTPUT_PAUSED: 'paused',
  OBS_WEBSOCKET_OUTPUT_RESUMED: 'resumed',
} as const

const settledOutputs = { OBS_WEBSOCKET_OUTPUT_STARTED: true, OBS_WEBSOCKET_OUTPUT_STOPPED: false } as const

/** Reads an event. Never throws: what is not understood is kept as it came. */
export function readEvent(rawType: string, data: unknown): ObsNews {
  const read = lookUp(readers, rawType)
  return read?.(data) ?? { kind: 'other', rawType, body: bodyOf(data), means: null }
}

function staleItems(rawType: string): Reader {
  return meaning(rawType, sceneName, (data) => ({ kind: 'stale-items', scene: data.sceneName }))
}

function staleEverything(): ObsConsequence {
  return { kind: 'stale', part: 'everything' }
}

function lookUp<T extends object>(table: T, key: string): T[keyof T] | undefined {
  return Object.hasOwn(table, key) ? table[key as keyof T] : undefined
}

function bodyOf(data: unknown): Record<string, unknown> {
  if (data === undefined || data === null) return {}
  if (typeof data === 'object' && !Array.isArray(data)) return data as Record<string, unknown>
  return { value: data }
}

const metersSchema = z.object({
  inputs: z.array(inputName.extend({ inputLevelsMul: z.array(z.array(z.number())) })).max(MAX_LISTED),
})

function metersOf(data: unknown): ObsMeters {
  const parsed = metersSchema.safeParse(data)
  if (!parsed.success) return { inputs: [] }
  return { inputs: parsed.data.inputs.map((input) => ({ name: input.inputName, levels: input.inputLevelsMul })) }
}

/** OBS lists scenes from the bottom up; ours are in the order its window shows them. */
function sceneNames(scenes: z.output<typeof sceneEntry>[]): string[] {
  const topFirst = [...scenes].sort((a, b) => b.sceneIndex - a.sceneIndex)
  return topFirst.slice(0, MAX_LISTED).map((scene) => scene.sceneName)
}

// The answers of requests.

export const versionSchema = z
  .object({ obsVersion: z.string(), obsWebSocketVersion: z.string() })
  .transform((data) => ({ obsVersion: data.obsVersion, websocketVersion: data.obsWebSocketVersion }))

export const scenesSchema = z
  .object({
    currentProgramSceneName: z.string().nullish(),
    currentPreviewSceneName: z.string().nullish(),
    scenes: z.array(sceneEntry),
  })
  .transform((data) => ({
    current: data.currentProgramSceneName ?? null,
    preview: data.currentPreviewSceneName ?? null,
    list: sceneNames(data.scenes),
  }))

export const studioModeSchema = z
  .object({ studioModeEnabled: z.boolean() })
  .transform((data) => ({ enabled: data.studioModeEnabled }))

export const activeSchema = z.object({ outputActive: z.boolean() }).transform((data) => data.outputActive)

type Streaming = Omit<ObsState['streaming'], 'startedAt'>
type Recording = Omit<ObsState['recording'], 'startedAt'>

const count = z.number().catch(0)

export const streamStatusSchema = z
  .object({
    outputActive: z.boolean(),
    outputReconnecting: z.boolean().catch(false),
    outputDuration: count,
    outputCongestion: count,
    outputBytes: count,
    outputSkippedFrames: count,
    outputTotalFrames: count,
  })
  .transform(
    (data): Streaming => ({
      active: data.outputActive,
      reconnecting: data.outputReconnecting,
      durationMs: data.outputDuration,
      congestion: data.outputCongestion,
      bytes: data.outputBytes,
      skippedFrames: data.outputSkippedFrames,
      totalFrames: data.outputTotalFrames,
    }),
  )

export const recordStatusSchema = z
  .object({
    outputActive: z.boolean(),
    outputPaused: z.boolean().catch(false),
    outputDuration: count,
    outputBytes: count,
  })
  .transform(
    (data): Recording => ({
      active: data.outputActive,
      paused: data.outputPaused,
      durationMs: data.outputDuration,
      bytes: data.outputBytes,
    }),
  )

export const statsSchema = z
  .object({
    activeFps: count,
    averageFrameRenderTime: count,
    cpuUsage: count,
    memoryUsage: count,
    availableDiskSpace: count,
    renderTotalFrames: count,
    renderSkippedFrames: count,
    outputTotalFrames: count,
    outputSkippedFrames: count,
  })
  .transform(
    ({ averageFrameRenderTime, cpuUsage, memoryUsage, availableDiskSpace, ...data }): Omit<ObsStats, 'at'> => ({
      ...data,
      averageFrameTimeMs: averageFrameRenderTime,
      cpuUsagePercent: cpuUsage,
      memoryMb: memoryUsage,
      availableDiskMb: availableDiskSpace,
    }),
  )

export const transitionsSchema = z
  .object({
    currentSceneTransitionName: z.string().nullish(),
    transitions: z.array(z.object({ transitionName: z.string(), transitionKind: z.string().nullish() })),
  })
  .transform((data) => ({
    current: data.currentSceneTransitionName ?? null,
    list: data.transitions.slice(0, MAX_LISTED).map((transition) => transition.transitionName),
    /** Its name is in the language of OBS, its kind is not. */
    cut: data.transitions.find(({ transitionKind }) => transitionKind === 'cut_transition')?.transitionName ?? null,
  }))

export const currentTransitionSchema = z
  .object({ transitionName: z.string(), transitionDuration: z.number().nullish() })
  .transform((data) => ({ name: data.transitionName, durationMs: data.transitionDuration ?? null }))

export const inputsSchema = z
  .object({ inputs: z.array(inputName.extend({ inputKind: z.string() })) })
  .transform((data) =>
    data.inputs.slice(0, MAX_LISTED).map((input) => ({ name: input.inputName, kind: input.inputKind })),
  )

export const muteSchema = z.object({ inputMuted: z.boolean() }).transform((data) => data.inputMuted)

export const volumeSchema = z.object({ inputVolumeDb: z.number(), inputVolumeMul: z.number() }).transform(
  (data): Pick<ObsInput, 'volumeDb' | 'volumeMul'> => ({
    volumeDb: data.inputVolumeDb,
    volumeMul: data.inputVolumeMul,
  }),
)

/** Items come from the bottom up as well. */
export const itemsSchema = z
  .object({
    sceneItems: z.array(
      z.object({
        sceneItemId: z.number().int(),
        sceneItemIndex: z.number(),
        sourceName: z.string(),
        inputKind: z.string().nullish(),
        sceneItemEnabled: z.boolean().catch(true),
      }),
    ),
  })
  .transform((data): ObsSceneItem[] =>
    [...data.sceneItems]
      .sort((a, b) => b.sceneItemIndex - a.sceneItemIndex)
      .slice(0, MAX_LISTED)
      .map((item) => ({
        itemId: item.sceneItemId,
        source: item.sourceName,
        kind: item.inputKind ?? null,
        visible: item.sceneItemEnabled,
      })),
  )

export const itemIdSchema = z.object({ sceneItemId: z.number().int() }).transform((data) => data.sceneItemId)

export const inputKindSchema = z.object({ inputKind: z.string() }).transform((data) => data.inputKind)

export const recordPathSchema = z
  .object({ outputPath: z.string().nullish() })
  .nullish()
  .transform((data) => data?.outputPath ?? null)

export const screenshotSchema = z.object({ imageData: z.string() }).transform((data) => data.imageData)

export const videoSchema = z
  .object({
    baseWidth: z.number().int().positive(),
    baseHeight: z.number().int().positive(),
    fpsNumerator: z.number().positive(),
    fpsDenominator: z.number().positive(),
  })
  .transform((data) => ({
    width: data.baseWidth,
    height: data.baseHeight,
    fps: Math.round(data.fpsNumerator / data.fpsDenominator),
  }))

/** The part of OBS's request statuses that somebody has to tell apart. */
export const STATUS = {
  unknownRequest: 204,
  notReady: 207,
  outputRunning: 500,
  outputNotRunning: 501,
  studioModeNotActive: 506,
  resourceNotFound: 600,
  resourceExists: 601,
  invalidInputKind: 605,
} as const
