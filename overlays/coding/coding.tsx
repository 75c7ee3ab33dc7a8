/** The page of the coding show: what is being worked on, along the top edge. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { CodingLayer } from './coding-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  const coding = page.state('state:coding')
  const alerts = page.state('state:alerts')
  return () => (
    <CodingLayer
      show={producer()?.show}
      state={coding()}
      recent={alerts()?.recent}
      hubNow={page.hubNow}
      onAnimating={page.onAnimating}
    />
  )
})
