/**
 * Whether a picture is there to be drawn: it is fetched out of sight first, so that nothing broken is ever seen. What was there once is taken to be there again.
 */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'

/** Addresses remembered, the oldest forgotten first. */
const READY_MAX = 500
const ready = new Set<string>()

/** False until it can be drawn, and for good when it can't. An empty address is no picture. */
export function createPictureLoad(address: Accessor<string>): Accessor<boolean> {
  const [isReady, setReady] = createSignal(ready.has(address()))
  createEffect(
    on(address, (src) => {
      setReady(ready.has(src))
      if (src === '' || ready.has(src)) return
      const image = new Image()
      // Where there is none to be had it never comes, and the words stay.
      image.onload = () => {
        remember(src)
        setReady(true)
      }
      onCleanup(() => {
        image.onload = null
        image.src = ''
      })
      image.src = src
    }),
  )
  return isReady
}

function remember(address: string): void {
  ready.add(address)
  if (ready.size <= READY_MAX) return
  const [oldest] = ready
  if (oldest !== undefined) ready.delete(oldest)
}
