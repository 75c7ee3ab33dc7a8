/** Bits in a message: their picture, or a gem of our own until it is there, and how many they are. */
import { Show } from 'solid-js'
import type { CheermoteRef, PictureMotion } from '../../contracts/pictures.ts'
import { cheermoteAddress } from './picture-address.ts'
import { createPictureLoad } from './picture-load.ts'
import './pictures.css'

/** From so many bits on; viewers know them by their colours too. */
const RANKS = [100, 1000, 5000, 10_000] as const
const figures = new Intl.NumberFormat('en-GB')

export interface CheermotePictureProps {
  cheermote: CheermoteRef
  sizePx: number
  motion: PictureMotion
}

export function CheermotePicture(props: CheermotePictureProps) {
  const address = () => cheermoteAddress(props.cheermote, props.motion)
  const load = createPictureLoad(address)
  const rank = () => RANKS.filter((least) => props.cheermote.bits >= least).length
  return (
    <span class="cheermote" data-rank={rank()}>
      <Show when={load.isReady()} fallback={<Gem sizePx={Math.round(props.sizePx * 0.8)} />}>
        <img
          class="emote-picture"
          src={address()}
          alt={props.cheermote.prefix}
          decoding="sync"
          draggable={false}
          onError={() => load.failed()}
          style={{ height: `${props.sizePx}px`, 'max-width': `${props.sizePx * 3}px` }}
        />
      </Show>
      <span class="cheermote-bits">{figures.format(props.cheermote.bits)}</span>
    </span>
  )
}

function Gem(props: { sizePx: number }) {
  return (
    <svg class="cheermote-gem" width={props.sizePx} height={props.sizePx} viewBox="0 0 24 24" aria-hidden="true">
      <path d="M12 1 21 14 12 23 3 14z" fill="currentColor" />
      <path class="cheermote-facet" d="M12 1 21 14 12 17 3 14z" />
    </svg>
  )
}
