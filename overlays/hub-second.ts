/** The hub's time in whole seconds, for what counts on screen. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** Hub time, ms epoch, anew at every full second after `since`: what counts from there changes on time. */
export function createHubSecond(hubNow: () => number, since: () => number): Accessor<number> {
  const [now, setNow] = createSignal(hubNow())
  let timer: ReturnType<typeof setTimeout>
  function tick(): void {
    const time = hubNow()
    setNow(time)
    const into = (((time - since()) % 1000) + 1000) % 1000
    // A little late rather than too early, which would show the second before once more.
    timer = setTimeout(tick, 1000 - into + 5)
  }
  tick()
  onCleanup(() => clearTimeout(timer))
  return now
}
