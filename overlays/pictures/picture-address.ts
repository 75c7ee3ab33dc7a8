/** Where this page asks the hub for pictures: with the token in its own address. Without one (a preview) it asks for none. */
import {
  type BadgeRef,
  badgePicturePath,
  type CheermoteRef,
  cheermotePicturePath,
  type EmoteRef,
  emotePicturePath,
  type PictureMotion,
} from '../../contracts/pictures.ts'

const token = new URLSearchParams(location.search).get('token') ?? ''

/** Empty: there is no picture to be had. */
export function emoteAddress(emote: EmoteRef | null, motion: PictureMotion): string {
  return emote && token !== '' ? emotePicturePath(emote, motion, token) : ''
}

/** Empty: there is no picture to be had. */
export function cheermoteAddress(cheermote: CheermoteRef, motion: PictureMotion): string {
  return token === '' ? '' : cheermotePicturePath(cheermote, motion, token)
}

/** Empty: there is no picture to be had. */
export function badgeAddress(badge: BadgeRef): string {
  return token === '' ? '' : badgePicturePath(badge, token)
}
