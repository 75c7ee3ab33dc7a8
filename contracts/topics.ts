/**
 * The catalogue of topics. A *state* topic answers a join with `{snapshot, rev, epoch}` and then sends patches; a *news*
 * topic sends events with their `seq`; a *signal* topic sends what nobody stores.
 */
import type { Scope } from './scopes.ts'
import type { AlertsState } from './state/alerts.ts'
import type { AudienceState } from './state/audience.ts'
import type { ChatState } from './state/chat.ts'
import type { CaptionsState, CodingState, NowPlayingState, StatusState } from './state/displays.ts'
import type { EmoteRainState } from './state/emote-rain.ts'
import type { FleetState } from './state/fleet.ts'
import type { GiveawayState } from './state/giveaway.ts'
import type { IronmonState } from './state/ironmon.ts'
import type { ObsState } from './state/obs.ts'
import type { OutputsState } from './state/outputs.ts'
import type { PictureState } from './state/picture.ts'
import type { PollState } from './state/poll.ts'
import type { ProducerState } from './state/producer.ts'
import type { RehearsalState } from './state/rehearsal.ts'
import type { ShortcutsState } from './state/shortcuts.ts'
import type { SimulatorState } from './state/simulator.ts'
import type { SoundsState } from './state/sounds.ts'
import type { SystemState } from './state/system.ts'
import type { TimersState } from './state/timers.ts'
import type { TwitchState } from './state/twitch.ts'
import type { WidgetsState } from './state/widgets.ts'

export interface StateTopics {
  'state:obs': ObsState
  'state:twitch': TwitchState
  'state:ironmon': IronmonState
  'state:alerts': AlertsState
  'state:outputs': OutputsState
  'state:producer': ProducerState
  'state:status': StatusState
  'state:now-playing': NowPlayingState
  'state:coding': CodingState
  'state:captions': CaptionsState
  'state:picture': PictureState
  'state:sounds': SoundsState
  'state:system': SystemState
  'state:shortcuts': ShortcutsState
  'state:simulator': SimulatorState
  'state:rehearsal': RehearsalState
  'state:widgets': WidgetsState
  'state:chat': ChatState
  'state:emote-rain': EmoteRainState
  'state:timers': TimersState
  'state:audience': AudienceState
  'state:poll': PollState
  'state:giveaway': GiveawayState
  'state:fleet': FleetState
}
export type StateTopic = keyof StateTopics

/** A token with any one of these scopes may join; `admin` always may. */
export const stateTopicScopes: Record<StateTopic, readonly Scope[]> = {
  'state:obs': ['read', 'obs'],
  'state:twitch': ['read', 'twitch'],
  'state:ironmon': ['read', 'ironmon', 'overlay'],
  'state:alerts': ['read', 'alerts', 'overlay'],
  'state:outputs': ['read', 'overlays', 'overlay'],
  'state:producer': ['read', 'producer', 'overlay'],
  'state:status': ['read', 'producer', 'overlay'],
  'state:now-playing': ['read', 'producer', 'overlay'],
  'state:coding': ['read', 'producer', 'overlay'],
  'state:captions': ['read', 'transcription', 'overlay'],
  'state:picture': ['read', 'overlays'],
  'state:sounds': ['read', 'alerts'],
  'state:system': ['read', 'system'],
  'state:shortcuts': ['read'],
  'state:simulator': ['read', 'simulator'],
  'state:rehearsal': ['read', 'overlays', 'overlay'],
  'state:widgets': ['read', 'overlays', 'overlay'],
  'state:chat': ['read', 'producer', 'overlay'],
  'state:emote-rain': ['read', 'producer', 'overlay'],
  'state:timers': ['read', 'overlays', 'overlay'],
  'state:audience': ['read', 'overlay'],
  'state:poll': ['read', 'overlays', 'overlay'],
  'state:giveaway': ['read', 'overlays', 'overlay'],
  'state:fleet': ['read', 'fleet'],
}

/**
 * `overlay:<output>`: the stage of an output says that it is there, with `OverlayJoin` as its join parameters. A *presence*
 * topic: the hub knows each who joined and speaks to one of them at a time (`contracts/overlay-presence.ts`).
 */
export const OVERLAY_TOPIC_PREFIX = 'overlay:'

/**
 * `agent-logs:<agent id>:<process id>`: what a process prints, while somebody is joined; a push `lines` has `{lines, dropped}`
 * and the first one the newest lines there are. `gone` `{reason}`: nothing more will come.
 */
export const AGENT_LOGS_TOPIC_PREFIX = 'agent-logs:'

/** Joined to send commands: the push's event is the command's name, its payload the arguments. */
export const COMMANDS_TOPIC = 'commands'
