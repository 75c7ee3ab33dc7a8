/** One plain shape for each content, on a grid of 24: what the bar speaks of is told by its form before it is read. */
import type { Content } from '../../contracts/content.ts'
import { AlertIcon } from '../alerts/alert-icon.tsx'

const SHAPES = {
  emotes:
    'M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22zM8 7.500a1.900 1.900 0 1 0 0 3.800 1.900 1.900 0 0 0 0-3.800zm8 0a1.900 1.900 0 1 0 0 3.800 1.900 1.900 0 0 0 0-3.800zM5.500 13.500c.9 3.400 3.400 5.500 6.500 5.500s5.600-2.100 6.500-5.500z',
  bars: 'M2 13h5v9H2zM9.500 2h5v20h-5zM17 8h5v14h-5z',
  info: 'M12 1a11 11 0 1 1 0 22 11 11 0 0 1 0-22zm-1.700 4v3.400h3.400V5zm0 5.200V19h3.400v-8.800z',
  warning: 'M12 1.500 23.500 22H.5zM10.500 8.500v7h3v-7zm0 8.500v3h3v-3z',
  critical:
    'M7.400 1h9.200L23 7.400v9.200L16.600 23H7.400L1 16.600V7.400zM10.400 5.500v8.500h3.200V5.500zm0 10.200v3.100h3.200v-3.100z',
  run: 'M3 1.500h3V3h15v11H6v8.500H3zM6 6v2.700h3.700V6zm7.500 0v2.700h3.700V6zM9.700 8.700v2.700h3.800V8.700z',
} as const

function shapeOf(content: Content): keyof typeof SHAPES {
  switch (content.type) {
    case 'message':
      return content.level
    case 'run-statistics':
    case 'run-progression':
      return 'run'
    case 'daily-stats':
      return 'bars'
    default:
      return 'emotes'
  }
}

const LATEST_ICONS = {
  'twitch.channel.follow': 'follow',
  'twitch.channel.subscribe': 'sub',
  'twitch.channel.subscription.message': 'resub',
  'twitch.channel.subscription.gift': 'gift',
  'twitch.channel.cheer': 'cheer',
  'twitch.channel.raid': 'raid',
} as const

/** Contents that speak of the same thing as an alert wear the alert's shape. */
function alertIconOf(content: Content) {
  switch (content.type) {
    case 'recent-follows':
      return 'follow'
    case 'stream-goals':
      return 'goal'
    case 'sub-train':
      return 'hype-train'
    case 'latest-event':
      return content.latest ? LATEST_ICONS[content.latest.event] : 'sub'
    case 'recent-events':
      return content.events[0] ? LATEST_ICONS[content.events[0].did.event] : 'sub'
    default:
      return null
  }
}

export function OmnibarIcon(props: { content: Content }) {
  const alert = () => alertIconOf(props.content)
  return (
    <span class="tab-icon">
      {alert() ? (
        <AlertIcon type={alert() ?? 'sub'} />
      ) : (
        <svg class="alert-icon" viewBox="0 0 24 24" aria-hidden="true">
          <path d={SHAPES[shapeOf(props.content)]} fill="currentColor" fill-rule="evenodd" />
        </svg>
      )}
    </span>
  )
}
