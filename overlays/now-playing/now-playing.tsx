/** The page that says what music plays. */
import { mountLayer } from '../layer/mount-layer.tsx'
import { NowPlayingLayer } from './now-playing-layer.tsx'

mountLayer((page) => {
  const producer = page.state('state:producer')
  const nowPlaying = page.state('state:now-playing')
  return () => (
    <NowPlayingLayer show={producer()?.show} state={nowPlaying()} hubNow={page.hubNow} onAnimating={page.onAnimating} />
  )
})
