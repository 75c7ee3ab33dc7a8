/**
 * The stage: one output, its layers over each other, nothing behind them. Owns the link to the hub. While the hub is away
 * it keeps what it has; it never shows an error, because viewers would see it. `?picture=1`: it is painted into the
 * picture, by a browser that can't be heard.
 */
import { systemClock } from '../../base/clock.ts'
import { createHubClient } from '../../contracts/client/hub-client.ts'
import type { Output } from '../../contracts/output.ts'
import type { OverlayJoin, OverlayPushes, SoundCue } from '../../contracts/overlay-presence.ts'
import type { RehearsedLayer } from '../../contracts/state/rehearsal.ts'
import { OVERLAY_TOPIC_PREFIX } from '../../contracts/topics.ts'
import { fitToWindow } from '../fit-to-window.ts'
import { mayPlayUnasked } from '../sound/autoplay.ts'
import { createSoundPlayer } from '../sound/sound-player.ts'
import './handle.ts'
import { createLayerStack } from './layer-stack.ts'
import { isReachable } from './reachable.ts'
import { withRehearsed } from './rehearsed-layers.ts'
import './stage.css'

/** Until the output is known. */
const DEFAULT_SIZE = { width: 1920, height: 1080 }
/** Layers that are still loading by then do not hold up the picture of the others. */
const LOADING_PATIENCE_MS = 1000

function openStage(root: HTMLElement): void {
  const address = new URL(location.href)
  const id = decodeURIComponent(address.pathname.split('/').at(-1) ?? '')
  const canPlay = !address.searchParams.has('picture')
  let size = DEFAULT_SIZE
  let output: Output | undefined
  let rehearsed: readonly RehearsedLayer[] = []
  let isElected = false
  /** When the layers were told first. */
  let knownSince: number | undefined
  let isReady = false

  const fit = fitToWindow(root, () => size)
  const token = address.searchParams.get('token')
  const player = createSoundPlayer({ hubUrl: location.origin, token: token ?? '' })
  const stack = createLayerStack(root, {
    stage: address,
    clock: systemClock,
    random: Math.random,
    isReachable,
    isHeard: () => isElected,
  })
  globalThis.landaleStage = {
    animating: () => stack.isAnimating,
    ready: () => {
      const isPatient = performance.now() - (knownSince ?? performance.now()) < LOADING_PATIENCE_MS
      isReady ||= knownSince !== undefined && !(isPatient && stack.layers.some(({ state }) => state === 'loading'))
      return isReady
    },
    reloadLayer: (layer) => stack.reload(layer),
    layers: () => stack.layers,
  }

  function show(): void {
    size = output ?? size
    root.style.width = `${size.width}px`
    root.style.height = `${size.height}px`
    fit.refit()
    stack.show(output ? withRehearsed(output, rehearsed) : [])
    knownSince ??= performance.now()
  }

  const client = createHubClient({
    url: location.origin,
    token,
    onStatus: ({ kind }) => {
      if (kind === 'connected') stack.retry()
    },
  })
  client.state('state:outputs', ({ outputs }) => {
    output = outputs.find((other) => other.id === id)
    show()
  })
  client.state('state:rehearsal', ({ layers }) => {
    rehearsed = layers
    if (output) show()
  })
  const presence = client.presence(OVERLAY_TOPIC_PREFIX + id, {
    params: { canPlay } satisfies OverlayJoin,
    onPush: hear,
  })

  /** What the hub says to this page alone; it is ours, so its words are trusted. */
  function hear(event: string, payload: unknown): void {
    switch (event) {
      case 'cue':
        void play(payload as SoundCue)
        break
      case 'prepare':
        player.prepare((payload as OverlayPushes['prepare']).sounds)
        break
      case 'elected':
        void elect((payload as { elected: boolean }).elected)
        break
      case 'refresh':
        location.reload()
        break
      case 'drop':
        client.dispose()
        player.dispose()
        stack.dispose()
        break
    }
  }

  async function play(cue: SoundCue): Promise<void> {
    if (canPlay && (await player.play(cue))) presence.tell('cue-started', { id: cue.id })
  }

  async function elect(elected: boolean): Promise<void> {
    if (elected === isElected) return
    isElected = elected
    // Where pages may speak unasked, as in OBS, a frame's permission says nothing, and loading it anew would only be seen.
    if (!(await mayPlayUnasked()) && isElected === elected) stack.permissionsChanged()
  }
}

const root = document.getElementById('stage')
if (root) openStage(root)
