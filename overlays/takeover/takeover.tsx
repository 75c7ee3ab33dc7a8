/** The page that covers the picture. While the hub is away it keeps what it has until that has an end. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { sayDropped } from '../layer/say-dropped.ts'
import { TakeoverLayer } from './takeover-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  return () => (
    <TakeoverLayer state={producer()} hubNow={page.hubNow} onAnimating={page.onAnimating} onDropped={sayDropped} />
  )
})
