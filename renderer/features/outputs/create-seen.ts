/** Whether anybody can see an element: it is on the screen, and so is its page. */
import { type Accessor, createSignal, onCleanup } from 'solid-js'

export function createSeen(element: Element): Accessor<boolean> {
  const [near, setNear] = createSignal(false)
  const [pageVisible, setPageVisible] = createSignal(document.visibilityState === 'visible')
  const watcher = new IntersectionObserver((entries) => setNear(entries.at(-1)?.isIntersecting ?? false))
  const follow = () => setPageVisible(document.visibilityState === 'visible')
  watcher.observe(element)
  document.addEventListener('visibilitychange', follow)
  onCleanup(() => {
    watcher.disconnect()
    document.removeEventListener('visibilitychange', follow)
  })
  return () => near() && pageVisible()
}
