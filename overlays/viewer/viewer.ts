/**
 * The page that shows the picture of an output, painted once by the hub for all who watch. Draws each packet as it comes
 * and says so; plays the sound when it is the one elected. It never shows an error, because viewers would see it: when
 * the hub is away it keeps the last picture for a moment, and then shows nothing.
 */
import { systemClock } from '../../base/clock.ts'
import { MutableDisposable } from '../../base/lifecycle.ts'
import type { SoundCue } from '../../contracts/overlay-presence.ts'
import type { ToViewer } from '../../contracts/picture/messages.ts'
import { fitToWindow } from '../fit-to-window.ts'
import { createSoundPlayer } from '../sound/sound-player.ts'
import { createPicture } from './picture.ts'
import { connectViewer } from './viewer-link.ts'
import { watchVisibility } from './visibility.ts'
import './viewer.css'

/** A hub that only restarts is back before; what is older is no longer true. */
const GRACE_MS = 1500
/** Packets in a row that can't be read: the hub speaks another version, whose page must be loaded. */
const MAX_UNREADABLE = 5
const RELOAD_DELAY_MS = 3000
/** After a packet that can't be read: asking at once would be asking without end. */
const KEY_DELAY_MS = 500

function openViewer(canvas: HTMLCanvasElement): void {
  const { pathname, searchParams } = new URL(location.href)
  const fit = fitToWindow(canvas, () => canvas)
  const picture = createPicture(canvas, fit.refit)
  const token = searchParams.get('token') ?? ''
  const player = createSoundPlayer({ hubUrl: location.origin, token })
  const grace = new MutableDisposable()
  const mending = new MutableDisposable()
  let unreadable = 0
  /** A key frame has been asked for and has not come. */
  let isKeyAsked = false
  /** When the packet drawn last was shown, ms epoch. */
  let shownAt: number | null = null
  let isFrameAsked = false

  const visibility = watchVisibility((visible) => {
    // Once it is seen again, what is on it would be old.
    if (!visible) picture.blank()
    link.send({ type: 'visible', visible })
  })
  const link = connectViewer({
    hubUrl: location.origin,
    output: decodeURIComponent(pathname.split('/').at(-1) ?? ''),
    token,
    clock: systemClock,
    random: Math.random,
    onMessage: hear,
    onPacket: show,
    onLost: () => wait(GRACE_MS),
    onRefused: () => picture.blank(),
  })

  /** Begins once, with the loss of the link, however often it is tried in vain. */
  let isWaiting = false
  function wait(ms: number): void {
    if (isWaiting) return
    isWaiting = true
    grace.set(systemClock.setTimeout(() => picture.blank(), ms))
  }

  function hear(message: ToViewer): void {
    switch (message.type) {
      case 'hello':
        isKeyAsked = false
        picture.resize(message.width, message.height)
        if (!visibility.isVisible) link.send({ type: 'visible', visible: false })
        break
      case 'blank':
        endWait()
        picture.blank()
        break
      case 'cue':
        void play(message)
        break
      case 'prepare':
        player.prepare(message.sounds)
        break
      case 'refresh':
        location.reload()
        break
      case 'drop':
        link.dispose()
        player.dispose()
        visibility.dispose()
        mending.dispose()
        endWait()
        picture.blank()
        break
    }
  }

  function endWait(): void {
    isWaiting = false
    grace.set(undefined)
  }

  function show(packet: ArrayBuffer): void {
    const arrivedAt = performance.now()
    try {
      const { sequence, fits } = picture.draw(packet)
      unreadable = 0
      if (!fits) {
        askKey()
        return
      }
      link.send({ type: 'ack', sequence, drawMs: performance.now() - arrivedAt, shownAt })
      isKeyAsked = false
      shownAt = null
      endWait()
      // It was on its way when the page was hidden.
      if (!visibility.isVisible) picture.blank()
      else noteFrame()
    } catch {
      onUnreadable()
    }
  }

  function askKey(): void {
    if (isKeyAsked) return
    isKeyAsked = true
    link.send({ type: 'key' })
  }

  function onUnreadable(): void {
    unreadable += 1
    isKeyAsked = false
    const isHopeless = unreadable >= MAX_UNREADABLE
    const mend = isHopeless ? () => location.reload() : askKey
    mending.set(systemClock.setTimeout(mend, isHopeless ? RELOAD_DELAY_MS : KEY_DELAY_MS))
  }

  /** The next animation frame shows what was drawn last. */
  function noteFrame(): void {
    if (isFrameAsked) return
    isFrameAsked = true
    requestAnimationFrame(() => {
      isFrameAsked = false
      shownAt = Date.now()
    })
  }

  async function play(cue: SoundCue): Promise<void> {
    if (await player.play(cue)) link.send({ type: 'cue-started', id: cue.id })
  }
}

const canvas = document.getElementById('picture')
if (canvas instanceof HTMLCanvasElement) openViewer(canvas)
