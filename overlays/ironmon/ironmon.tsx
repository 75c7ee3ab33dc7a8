/** The IronMON page: the run that is played, beside the game. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { IronmonLayer } from './ironmon-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  const ironmon = page.state('state:ironmon')
  return () => (
    <IronmonLayer show={producer()?.show} state={ironmon()} hubNow={page.hubNow} onAnimating={page.onAnimating} />
  )
})
