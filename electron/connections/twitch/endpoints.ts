/** Where Twitch lives, and where its stand-in does: one switch, because that is all `@twurple/api` has. */

/** Read by `@twurple/api` at each call; there is no option for it. */
const TWURPLE_SWITCH = 'TWURPLE_MOCK_API_PORT'

export interface TwitchEndpoints {
  /** An endpoint of the id service, e.g. `token`. */
  id(path: string): string
  eventSub: string
  /** Whether Twitch may send us to this address with a `session_reconnect`. */
  isReconnectUrl(url: string): boolean
}

/** Points `@twurple/api` at Twitch or at the stand-in, and answers the addresses of what we call ourselves. */
export function twitchEndpoints(mockPort: number | undefined): TwitchEndpoints {
  // An empty string is off; deleting would leave another module's setting in doubt.
  process.env[TWURPLE_SWITCH] = mockPort === undefined ? '' : String(mockPort)
  if (mockPort !== undefined) {
    return {
      id: (path) => `http://127.0.0.1:${mockPort}/auth/${path}`,
      eventSub: `ws://127.0.0.1:${mockPort}/ws`,
      isReconnectUrl: (url) => ['127.0.0.1', 'localhost', '[::1]'].includes(hostOf(url, 'ws:') ?? ''),
    }
  }
  return {
    id: (path) => `https://id.twitch.tv/oauth2/${path}`,
    eventSub: 'wss://eventsub.wss.twitch.tv/ws',
    isReconnectUrl: (url) => hostOf(url, 'wss:')?.endsWith('.twitch.tv') ?? false,
  }
}

function hostOf(url: string, protocol: string): string | null {
  const parsed = URL.parse(url)
  return parsed?.protocol === protocol ? parsed.hostname : null
}
