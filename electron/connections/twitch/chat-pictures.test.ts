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

const cheermote = (prefix: string, ...least: number[]) => ({
  prefix,
  type: 'global_first_party',
  tiers: least.map((min_bits) => {
    const urls = (motion: string) => ({ 1: 'small', 4: `https://cheer.example/${prefix}/${min_bits}/${motion}` })
    const images = { light: {}, dark: { static: urls('still'), animated: urls('moving') } }
    return { id: String(min_bits), min_bits, color: '#979797', images }
  }),
})

it('knows under which words bits are given, and the picture of so many, also after a restart without Twitch', async () => {
  // Twitch does not say in which order they come.
  rig.fake.channel.cheermotes = [cheermote('Cheer', 100, 1, 1000), cheermote('4Head', 1)]
  const { channel } = rig.connection
  expect([channel.isCheermote('CHEER'), channel.isCheermote('4Head')]).toEqual([true, false])
  expect(channel.cheermoteAddress({ prefix: 'Cheer', bits: 100 }, 'still')).toBeNull()
  rig.start()
  await rig.covered()
  await expect.poll(() => rig.connection.channel.isCheermote('4head')).toBe(true)
  const address = (bits: number, prefix = 'cheer') =>
    rig.connection.channel.cheermoteAddress({ prefix, bits }, 'moving')
  expect([1, 99, 100, 5000].map((bits) => address(bits))).toEqual([
    'https://cheer.example/Cheer/1/moving',
    'https://cheer.example/Cheer/1/moving',
    'https://cheer.example/Cheer/100/moving',
    'https://cheer.example/Cheer/1000/moving',
  ])
  expect([address(0), address(100, 'constructor')]).toEqual([null, null])

  rig.fake.channel.cheermotes = [{ nonsense: true }]
  await rig.restart()
  await expect.poll(() => address(100)).toBe('https://cheer.example/Cheer/100/moving')
})
