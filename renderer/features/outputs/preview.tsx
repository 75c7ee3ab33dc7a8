/**
 * The picture of an output, small and slow, behind its sketch. It is asked for only while somebody can see it: a picture
 * that nobody watches is not painted. Over one colour it moves (MJPEG); over the checkerboard, which needs its alpha, it
 * is a new still twice a second.
 */
import { type Accessor, createEffect, createMemo, createSignal, on, onCleanup, onMount, Show } from 'solid-js'
import type { PictureSource } from '../../../contracts/state/picture.ts'
import { Button } from '../../components/button.tsx'
import { createSeen } from './create-seen.ts'
import './preview.css'

export type Backdrop = 'dark' | 'bright' | 'checker'

/** Wider is never shown, px. */
const WIDTH_PX = 960
const STILL_PERIOD_MS = 500

const ALT = 'What viewers see now'

interface PreviewProps {
  /** Of the moving one. Null while it is not known. */
  url: string | null
  backdrop: Backdrop
  /** False where the hub is away: then nothing is asked for. */
  wanted: boolean
  source: PictureSource | undefined
  /** The output has a layer that is shown. */
  hasLayers: boolean
}

export function Preview(props: PreviewProps) {
  const [broken, setBroken] = createSignal(false)
  const [loaded, setLoaded] = createSignal(false)
  const [seen, setSeen] = createSignal<Accessor<boolean>>(() => false)
  let frame: HTMLDivElement | undefined
  onMount(() => frame && setSeen(() => createSeen(frame)))
  /** With another address, or once the hub says something new of its source, it is worth another try. */
  const worth = createMemo(() => `${props.url} ${props.source?.state}`)
  createEffect(on(worth, () => setBroken(false), { defer: true }))
  const wanted = () => props.wanted && seen()() && props.hasLayers && !broken() && props.source?.state !== 'unavailable'
  const address = createMemo(() => (wanted() && props.url !== null ? previewAddress(props.url, props.backdrop) : null))
  createEffect(on(address, () => setLoaded(false), { defer: true }))
  const events = { onLoaded: () => setLoaded(true), onBroken: () => setBroken(true) }
  return (
    <div ref={frame} class="preview">
      <Show when={address()} keyed>
        {(url) => (props.backdrop === 'checker' ? <Stills url={url} {...events} /> : <Moving url={url} {...events} />)}
      </Show>
      <Show when={props.wanted}>
        <PreviewWords {...props} broken={broken()} loaded={loaded()} onRetry={() => setBroken(false)} />
      </Show>
    </div>
  )
}

/** `moving`: of the moving preview. Over the checkerboard it is the still with alpha beside it. */
function previewAddress(moving: string, backdrop: Backdrop): string {
  const url = new URL(moving, location.href)
  url.searchParams.set('width', String(WIDTH_PX))
  if (backdrop === 'checker') url.pathname = url.pathname.replace(/\.mjpeg$/, '.webp')
  else url.searchParams.set('background', backdrop === 'dark' ? '000000' : 'ffffff')
  return url.href
}

interface ImageProps {
  url: string
  /** Something is to be seen. */
  onLoaded: () => void
  onBroken: () => void
}

function Moving(props: ImageProps) {
  let image: HTMLImageElement | undefined
  // Out of the page is not enough: an answer that never ends is read on until the picture is told to be another.
  onCleanup(() => image?.removeAttribute('src'))
  return (
    <img
      ref={image}
      class="preview-image"
      src={props.url}
      alt={ALT}
      onLoad={() => props.onLoaded()}
      onError={() => props.onBroken()}
    />
  )
}

/** One after the other: a slow hub is never asked twice at a time. */
function Stills(props: ImageProps) {
  const [turn, setTurn] = createSignal(0)
  let timer: ReturnType<typeof setTimeout> | undefined
  onCleanup(() => clearTimeout(timer))
  const next = () => {
    props.onLoaded()
    timer = setTimeout(() => setTurn(turn() + 1), STILL_PERIOD_MS)
  }
  return (
    <img
      class="preview-image"
      src={`${props.url}&turn=${turn()}`}
      alt={ALT}
      onLoad={next}
      onError={() => props.onBroken()}
    />
  )
}

function PreviewWords(props: PreviewProps & { broken: boolean; loaded: boolean; onRetry: () => void }) {
  const words = (): string | null => {
    if (!props.hasLayers) return 'No layer is shown, so there is nothing to see.'
    if (props.source?.state === 'unavailable') return 'No preview: the picture can’t be painted. See Watchers.'
    if (props.broken) return 'The preview broke off.'
    if (props.source?.state === 'restarting') return 'The picture is starting anew…'
    return props.loaded ? null : 'Starting the picture…'
  }
  return (
    <Show when={words()}>
      {(said) => (
        <p class="preview-words" role="status">
          {said()}
          <Show when={props.broken}>
            <Button small onClick={() => props.onRetry()}>
              Try again
            </Button>
          </Show>
        </p>
      )}
    </Show>
  )
}
