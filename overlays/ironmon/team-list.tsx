/** The team: who leads it large, the others in a row each; with what they hold. Empty places are not drawn. */
import { createMemo, Index, Show } from 'solid-js'
import type { IronmonPokemon } from '../../contracts/ironmon.ts'
import { FittedText } from '../text/fitted-text.tsx'
import { heldItemName } from './held-items.ts'
import { conditionOf, healthOf } from './run-words.ts'

const LEAD_NAME_WIDTH = 252
const LEAD_NOTE_WIDTH = 216
const NAME_WIDTH = 132
const NOTE_WIDTH = 120
/** A Pokémon whose name the game does not know. */
const NAMELESS = 'Unknown'

export function TeamList(props: { team: readonly (IronmonPokemon | null)[] }) {
  const members = createMemo(() => props.team.filter((member) => member !== null))
  return (
    <div class="team">
      <Index each={members()}>
        {(member, index) => (
          <Show when={index === 0} fallback={<Member member={member()} />}>
            <Lead member={member()} />
          </Show>
        )}
      </Index>
    </div>
  )
}

function Lead(props: { member: IronmonPokemon }) {
  return (
    <div class="lead" data-condition={conditionOf(props.member) ? '' : undefined}>
      <div class="member-line">
        <FittedText text={props.member.name || NAMELESS} maxWidth={LEAD_NAME_WIDTH} sizePx={36} />
        <Level level={props.member.level} />
      </div>
      <HealthBar hp={props.member.hp} />
      <div class="member-line">
        <Show when={props.member.hp}>
          {(hp) => (
            <span class="hp-figures">
              {hp().current} / {hp().max}
            </span>
          )}
        </Show>
        <Note member={props.member} width={LEAD_NOTE_WIDTH} />
      </div>
    </div>
  )
}

function Member(props: { member: IronmonPokemon }) {
  return (
    <div class="member">
      <div class="member-line">
        <FittedText text={props.member.name || NAMELESS} maxWidth={NAME_WIDTH} sizePx={24} weight="text" />
        <Level level={props.member.level} />
        <Note member={props.member} width={NOTE_WIDTH} />
      </div>
      <HealthBar hp={props.member.hp} />
    </div>
  )
}

/** What is wrong with it, else what it holds. */
function Note(props: { member: IronmonPokemon; width: number }) {
  const condition = createMemo(() => conditionOf(props.member))
  const item = () => (props.member.item ? heldItemName(props.member.item) : null)
  return (
    <span class="note" data-condition={condition() ? '' : undefined}>
      <Show when={condition() ?? item()}>
        {(words) => <FittedText text={words()} maxWidth={props.width} sizePx={24} weight="text" />}
      </Show>
    </span>
  )
}

export function Level(props: { level: number | null }) {
  return <Show when={props.level !== null}>{<span class="level">Lv {props.level}</span>}</Show>
}

export function HealthBar(props: { hp: IronmonPokemon['hp'] }) {
  const health = () => healthOf(props.hp)
  return (
    <div class="hp" data-level={health()?.level ?? 'unknown'}>
      <div class="hp-fill" style={{ transform: `scaleX(${health()?.share ?? 0})` }} />
    </div>
  )
}
