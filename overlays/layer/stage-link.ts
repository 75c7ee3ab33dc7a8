/** A layer's end of its link to the stage: says that it lives and whether it moves. Opened by itself, it talks to nobody. */
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'
import { isQuestion, type LayerBeat } from './messages.ts'

export interface StageLink extends Disposable {
  /** Says that the pixels of this page change by themselves from now on, or no longer. */
  setAnimating(animating: boolean): void
}

export function linkToStage(): StageLink {
  let animating = false

  function beat(): void {
    if (parent !== window) parent.postMessage({ landale: 'beat', animating } satisfies LayerBeat, location.origin)
  }

  const onMessage = ({ source, origin, data }: MessageEvent) => {
    if (source === parent && origin === location.origin && isQuestion(data)) beat()
  }
  addEventListener('message', onMessage)
  beat()
  const listening = toDisposable(() => removeEventListener('message', onMessage))
  return {
    setAnimating(next) {
      if (next === animating) return
      animating = next
      beat()
    },
    dispose: listening.dispose,
  }
}
