import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureNoLeaks } from '../../../base/testing/no-leaks.ts'
import { createTwitchRig, type TwitchRig } from './testing.ts'

ensureNoLeaks()

let rig: TwitchRig
beforeEach(async () => {
  rig = await createTwitchRig()
})
afterEach(() => rig.dispose())

const version = (id: string, name: string) => ({
  id,
  image_url_1x: `https://static-cdn.jtvnw.net/badges/v1/${name}/1`,
  image_url_2x: `https://static-cdn.jtvnw.net/badges/v1/${name}/2`,
  image_url_4x: `https://static-cdn.jtvnw.net/badges/v1/${name}/3`,
  title: name,
})
const moderator = { set_id: 'moderator', id: '1' }
const year = { set_id: 'subscriber', id: '12' }

it("knows whose chat it is, Twitch's badges and over them the channel's own, also after a restart without Twitch", async () => {
  rig.fake.channel.globalBadges = [
    { set_id: 'moderator', versions: [version('1', 'mod')] },
    { set_id: 'subscriber', versions: [version('12', 'star')] },
  ]
  rig.fake.channel.badges = [{ set_id: 'subscriber', versions: [version('12', 'own')] }]
  expect(rig.connection.channel.userId).toBeNull()
  rig.start()
  await rig.covered()
  const address = (badge: typeof moderator) => rig.connection.channel.badgeAddress(badge)
  await expect.poll(() => address(moderator)).toBe('https://static-cdn.jtvnw.net/badges/v1/mod/3')
  expect(address(year)).toBe('https://static-cdn.jtvnw.net/badges/v1/own/3')
  expect(address({ set_id: 'constructor', id: '1' })).toBeNull()
  expect(rig.connection.channel.userId).toBe(rig.fake.user.id)

  rig.fake.channel.globalBadges = [{ nonsense: true }]
  await rig.restart()
  await expect.poll(() => address(moderator)).toBe('https://static-cdn.jtvnw.net/badges/v1/mod/3')
})
