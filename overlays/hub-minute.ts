/** The hub's time in whole minutes, for what need not be counted along. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

const MINUTE_MS = 60_000

/** Hub time, ms epoch, anew at every full minute after `since`. */
export function createHubMinute(hubNow: () => number, since: () => number): Accessor<number> {
  const [now, setNow] = createSignal(hubNow())
  let timer: ReturnType<typeof setTimeout>
  function tick(): void {
    const time = hubNow()
    setNow(time)
    const into = (((time - since()) % MINUTE_MS) + MINUTE_MS) % MINUTE_MS
    // A little late rather than too early, which would show the minute before once more.
    timer = setTimeout(tick, MINUTE_MS - into + 5)
  }
  tick()
  onCleanup(() => clearTimeout(timer))
  return now
}
