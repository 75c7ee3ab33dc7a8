/** The page of the status bar and the status text. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { StatusLayer } from './status-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  const status = page.state('state:status')
  return () => (
    <StatusLayer show={producer()?.show} state={status()} hubNow={page.hubNow} onAnimating={page.onAnimating} />
  )
})
