/** What viewers write, with its emotes and cheermotes as pictures. What is none, or has no picture now, is text, always. */
import { For, Match, Show, Switch } from 'solid-js'
import type { PicturedFragment, PictureMotion } from '../../contracts/pictures.ts'
import { tameMarks } from '../text/fit-text.ts'
import { CheermotePicture } from './cheermote-picture.tsx'
import { EmotePicture } from './emote-picture.tsx'

/** Of the text's; a line has room for it. */
const PICTURE_SIZE = 1.25

export interface PicturedWordsProps {
  fragments: readonly PicturedFragment[]
  /** px */
  textSize: number
  pictures: PictureMotion | 'words'
}

export function PicturedWords(props: PicturedWordsProps) {
  const sizePx = () => Math.round(props.textSize * PICTURE_SIZE)
  const motion = () => (props.pictures === 'moving' ? 'moving' : 'still')
  return (
    <span class="pictured-words">
      <For each={props.fragments}>
        {(fragment) => (
          <Show when={props.pictures !== 'words'} fallback={<Words fragment={fragment} />}>
            <Switch fallback={<Words fragment={fragment} />}>
              <Match when={fragment.emote}>
                {(emote) => (
                  <EmotePicture
                    emote={emote()}
                    name={fragment.text}
                    sizePx={sizePx()}
                    motion={motion()}
                    fallback={<Words fragment={fragment} />}
                  />
                )}
              </Match>
              <Match when={fragment.cheermote}>
                {(cheermote) => <CheermotePicture cheermote={cheermote()} sizePx={sizePx()} motion={motion()} />}
              </Match>
            </Switch>
          </Show>
        )}
      </For>
    </span>
  )
}

function Words(props: { fragment: PicturedFragment }) {
  return (
    <Show when={props.fragment.type === 'mention'} fallback={<span>{tameMarks(props.fragment.text)}</span>}>
      <strong>{tameMarks(props.fragment.text)}</strong>
    </Show>
  )
}
