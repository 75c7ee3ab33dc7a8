/** Whether anybody can see this page: by the browser's word and, in OBS, by that of the source it is in. */
import { type Disposable, toDisposable } from '../../base/lifecycle.ts'

export interface Visibility extends Disposable {
  readonly isVisible: boolean
}

/** Of obs-browser: the source is shown anywhere (a preview, say), and it is in the picture that goes out. */
const OBS_VISIBLE = 'obsSourceVisibleChanged'
const OBS_ACTIVE = 'obsSourceActiveChanged'

export function watchVisibility(onDidChange: (isVisible: boolean) => void): Visibility {
  /** OBS says nothing until it changes. */
  let obs = true
  let isVisible = ask()

  function ask(): boolean {
    return obs && document.visibilityState !== 'hidden'
  }

  function look(): void {
    const now = ask()
    if (now === isVisible) return
    isVisible = now
    onDidChange(now)
  }

  const onVisible = (event: Event) => {
    const { visible } = (event as CustomEvent<{ visible?: unknown } | null>).detail ?? {}
    if (typeof visible === 'boolean') obs = visible
    look()
  }
  // A source that is not active may still be visible, in the studio mode's preview.
  const onActive = (event: Event) => {
    const { active } = (event as CustomEvent<{ active?: unknown } | null>).detail ?? {}
    if (active === true) obs = true
    look()
  }
  document.addEventListener('visibilitychange', look)
  addEventListener(OBS_VISIBLE, onVisible)
  addEventListener(OBS_ACTIVE, onActive)
  const listening = toDisposable(() => {
    document.removeEventListener('visibilitychange', look)
    removeEventListener(OBS_VISIBLE, onVisible)
    removeEventListener(OBS_ACTIVE, onActive)
  })
  return {
    get isVisible() {
      return isVisible
    },
    dispose: listening.dispose,
  }
}
