/** The page of the captions. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { CaptionsLayer } from './captions-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  const status = page.state('state:status')
  const captions = page.state('state:captions')
  return () => (
    <CaptionsLayer
      show={producer()?.show}
      status={status()}
      state={captions()}
      hubNow={page.hubNow}
      onAnimating={page.onAnimating}
    />
  )
})
