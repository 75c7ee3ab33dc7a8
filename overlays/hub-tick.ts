/** The hub's time, anew at every full second or minute, for what counts on screen. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

/** A little late rather than too early, which would show the time before once more, ms. */
const LATE_MS = 5

/** Hub time, ms epoch, anew at every full second after `since`: what counts from there changes on time. */
export function createHubSecond(hubNow: () => number, since: () => number): Accessor<number> {
  return createHubTick(hubNow, since, 1000)
}

/** As `createHubSecond`, for what need not be counted along. */
export function createHubMinute(hubNow: () => number, since: () => number): Accessor<number> {
  return createHubTick(hubNow, since, 60_000)
}

function createHubTick(hubNow: () => number, since: () => number, periodMs: number): Accessor<number> {
  const [now, setNow] = createSignal(hubNow())
  let timer: ReturnType<typeof setTimeout>
  function tick(): void {
    const time = hubNow()
    setNow(time)
    const into = (((time - since()) % periodMs) + periodMs) % periodMs
    timer = setTimeout(tick, periodMs - into + LATE_MS)
  }
  tick()
  onCleanup(() => clearTimeout(timer))
  return now
}
