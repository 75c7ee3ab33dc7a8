/** The page of the omnibar. While the hub is away it keeps what it has; it never shows an error, because viewers would see it. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { sayDropped } from '../layer/say-dropped.ts'
import { OmnibarLayer } from './omnibar-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  return () => (
    <OmnibarLayer state={producer()} hubNow={page.hubNow} onAnimating={page.onAnimating} onDropped={sayDropped} />
  )
})
