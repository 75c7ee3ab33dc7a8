/** What the makers of payloads draw from: chance, the time and who is there. */
import { BROADCASTER, pickViewer, type Viewer } from './cast.ts'
import { SeededRandom } from './seeded-random.ts'

export interface Maker {
  readonly random: SeededRandom
  /** ms epoch. */
  readonly now: number
  readonly broadcaster: Viewer
}

export function createMaker(seed: number, now: number): Maker {
  return { random: new SeededRandom(seed), now, broadcaster: BROADCASTER }
}

export function anyViewer({ random }: Maker): Viewer {
  return pickViewer(random)
}

export function userFields({ id, login, name }: Viewer) {
  return { user_id: id, user_login: login, user_name: name }
}

export function channelFields({ id, login, name }: Viewer) {
  return { broadcaster_user_id: id, broadcaster_user_login: login, broadcaster_user_name: name }
}

export function targetFields({ id, login, name }: Viewer) {
  return { target_user_id: id, target_user_login: login, target_user_name: name }
}

export function fromBroadcasterFields({ id, login, name }: Viewer) {
  return { from_broadcaster_user_id: id, from_broadcaster_user_login: login, from_broadcaster_user_name: name }
}

export function toBroadcasterFields({ id, login, name }: Viewer) {
  return { to_broadcaster_user_id: id, to_broadcaster_user_login: login, to_broadcaster_user_name: name }
}
