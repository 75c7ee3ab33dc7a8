/**
 * A still of one scene of OBS: taken when the scene is another, and when asked for. Never by the clock: each is a command,
 * and each command is kept in the log.
 */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import { useDashboard } from '../../state/dashboard.tsx'

/** Sharp on a panel of 640 px, and some 40 kB. */
const WIDTH_PX = 960

export interface Still {
  /** A `data:` address; the last there was of this scene while a new one is taken. */
  image: Accessor<string | null>
  /** Hub time, ms epoch. */
  takenAt: Accessor<number>
  isTaking: Accessor<boolean>
  problem: Accessor<string | null>
  take(): void
}

/** `scene`: null for none. While OBS is not available nothing is asked for, and what is there stays. */
export function createStill(scene: Accessor<string | null>, isAvailable: Accessor<boolean>): Still {
  const { hub } = useDashboard()
  const [image, setImage] = createSignal<string | null>(null)
  const [takenAt, setTakenAt] = createSignal(0)
  const [isTaking, setTaking] = createSignal(false)
  const [problem, setProblem] = createSignal<string | null>(null)
  let turn = 0

  async function take(): Promise<void> {
    const source = scene()
    if (source === null) return
    turn += 1
    const mine = turn
    setTaking(true)
    const answer = await hub.command('obs.screenshot', { source, format: 'jpg', width: WIDTH_PX })
    // Meanwhile another one was asked for, or nobody looks any more.
    if (mine !== turn) return
    setTaking(false)
    if (answer.status === 'rejected') {
      setProblem(answer.error.message)
      return
    }
    setProblem(null)
    setImage(answer.result.dataUrl)
    setTakenAt(hub.hubNow())
  }

  /** What is on its way is no longer waited for. */
  const forget = () => {
    turn += 1
    setTaking(false)
    setProblem(null)
    setImage(null)
  }
  onCleanup(forget)
  createEffect(
    on([scene, isAvailable], ([now, available], before) => {
      if (now !== before?.[0]) forget()
      if (available) void take()
    }),
  )
  return { image, takenAt, isTaking, problem, take: () => void take() }
}
