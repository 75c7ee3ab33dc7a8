/**
 * The page of the alert layer. While the hub is away it keeps what it has; it never shows an error, because viewers would
 * see it. Makes no sound: the hub has one page play it.
 */
import { mountLayer } from '../layer/mount-layer.tsx'
import { AlertLayer } from './alert-layer.tsx'

mountLayer((page) => {
  const alerts = page.state('state:alerts')
  const producer = page.state('state:producer')
  return () => (
    <AlertLayer state={alerts()} show={producer()?.show} hubNow={page.hubNow} onAnimating={page.onAnimating} />
  )
})
