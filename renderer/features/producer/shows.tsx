/** All shows: what they are called, what chooses them and what they wear. New ones begin as a copy of another. */
import { createSignal, For, Show } from 'solid-js'
import { unwrap } from 'solid-js/store'
import { accentTokens } from '../../../contracts/accent.ts'
import { builtInShows, MAX_SHOWS, type Show as ShowOf, type ShowTheme } from '../../../contracts/show.ts'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { HoldButton } from '../../components/hold-button.tsx'
import type { Commander } from '../../state/create-command.ts'
import { counted } from '../../state/format.ts'
import { faultOfAccent, fieldsOf, newShow, type ShowFields, showOf } from './show-fields.ts'

const themeWords: Record<ShowTheme, string> = {
  variety: 'Variety, violet',
  ironmon: 'IronMON, red, with the run beside the game',
  coding: 'Coding, green, with the task on top',
}
/** As the themes are drawn, to begin from. */
const themeAccents: Record<ShowTheme, string> = { variety: '#7c4dff', ironmon: '#d62830', coding: '#0e7a54' }

interface Edited {
  show: ShowOf
  isNew: boolean
}

export function Shows(props: { state: ProducerState; command: Commander }) {
  const [edited, setEdited] = createSignal<Edited | null>(null)
  let wasOpen = false
  const close = () => {
    wasOpen = true
    setEdited(null)
  }
  const edit = (show: ShowOf) => setEdited({ show: structuredClone(unwrap(show)), isNew: false })
  const add = () => {
    const { shows, show } = props.state
    const like = shows.find(({ id }) => id === show.id) ?? shows[0]
    if (like) setEdited({ show: newShow('', shows, structuredClone(unwrap(like))), isNew: true })
  }
  return (
    <section>
      <h3 class="producer-title">Shows</h3>
      <ul>
        <For each={props.state.shows}>
          {(show) => (
            <li class="producer-row">
              <i
                class="producer-accent"
                style={{ background: show.accent ?? themeAccents[show.theme] }}
                aria-hidden="true"
              />
              <p class="producer-words clip">
                <b>{show.name}</b> {categoriesInWords(show)}
              </p>
              <Button tone="quiet" small aria-label={`Edit the show ${show.name}`} onClick={() => edit(show)}>
                Edit
              </Button>
            </li>
          )}
        </For>
      </ul>
      {/* Another show is another form: nothing half-typed goes over to it. */}
      <Show
        when={edited()}
        keyed
        fallback={
          <Button
            small
            ref={(button) => wasOpen && focusSoon(button)}
            disabled={props.state.shows.length >= MAX_SHOWS}
            onClick={add}
          >
            Add a show
          </Button>
        }
      >
        {({ show, isNew }) => (
          <ShowForm show={show} isNew={isNew} state={props.state} command={props.command} onDone={close} />
        )}
      </Show>
    </section>
  )
}

function categoriesInWords({ id, categoryIds, categoryNames }: ShowOf): string {
  const known = categoryIds.length + categoryNames.length
  if (known > 0) return `for ${counted(known, 'category', 'categories')}`
  return id === 'variety' ? 'for every other category' : 'only when you choose it'
}

interface ShowFormProps {
  show: ShowOf
  isNew: boolean
  state: ProducerState
  command: Commander
  onDone: () => void
}

function ShowForm(props: ShowFormProps) {
  // As it was: what another dashboard saves meanwhile does not overwrite typing.
  const { show, isNew } = props
  const [fields, setFields] = createSignal<ShowFields>(fieldsOf(show))
  const [copied, setCopied] = createSignal('')
  const set = (change: Partial<ShowFields>) => setFields((before) => ({ ...before, ...change }))
  const others = () => props.state.shows.filter(({ id }) => id !== show.id)
  const faultOfColour = () => {
    const { accent } = fields()
    return accent === null ? null : faultOfAccent(accent)
  }
  const isBuiltIn = (builtInShows as readonly string[]).includes(show.id)
  const current = () => {
    const { category } = props.state.show
    return category && !fields().categoryIds.includes(category.id) ? category : null
  }
  const save = async () => {
    if (faultOfColour()) return
    const named = isNew ? newShow(fields().name, props.state.shows, show) : show
    const source = others().find(({ id }) => id === copied())
    const saved = showOf(named, fields(), source ? structuredClone(unwrap(source)) : null)
    if (await props.command.run('show.save', { show: saved })) props.onDone()
  }
  const remove = async () => {
    if (await props.command.run('show.remove', { show: show.id })) props.onDone()
  }
  return (
    <form
      class="form producer-rule"
      aria-label={isNew ? 'A new show' : `The show ${show.name}`}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <Field
        label="Name"
        control={(ids) => (
          <input
            {...ids}
            ref={focusSoon}
            class="input"
            required
            maxLength={60}
            value={fields().name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      />
      <Field
        label="Looks like"
        control={(ids) => (
          <select {...ids} class="input" onChange={(event) => set({ theme: event.currentTarget.value as ShowTheme })}>
            <For each={Object.entries(themeWords) as [ShowTheme, string][]}>
              {([theme, words]) => (
                <option value={theme} selected={theme === fields().theme}>
                  {words}
                </option>
              )}
            </For>
          </select>
        )}
      />
      <label class="check">
        <input
          type="checkbox"
          checked={fields().accent !== null}
          onChange={(event) => set({ accent: event.currentTarget.checked ? themeAccents[fields().theme] : null })}
        />
        A colour of its own
      </label>
      <Show when={fields().accent !== null}>
        <Field
          label="Accent colour"
          hint="For what viewers should see first, on every page."
          fault={faultOfColour() ?? undefined}
          control={(ids) => (
            <div class="producer-colour">
              <input
                {...ids}
                class="input"
                type="color"
                value={fields().accent ?? ''}
                onInput={(event) => set({ accent: event.currentTarget.value })}
              />
              <Sample accent={fields().accent ?? themeAccents[fields().theme]} />
            </div>
          )}
        />
      </Show>
      <Field
        label="Category ids"
        hint="Twitch’s numbers, separated by commas. They choose this show by themselves."
        control={(ids) => (
          <input
            {...ids}
            class="input"
            value={fields().categoryIds}
            onInput={(event) => set({ categoryIds: event.currentTarget.value })}
          />
        )}
      />
      <Show when={current()}>
        {(category) => (
          <Button
            small
            onClick={() => set({ categoryIds: [fields().categoryIds, category().id].filter(Boolean).join(', ') })}
          >
            Add {category().name}
          </Button>
        )}
      </Show>
      <Field
        label="Category names"
        hint="Words that the name has, in any order; one category a line. Asked when no show has the id."
        control={(ids) => (
          <textarea
            {...ids}
            class="input"
            rows={2}
            value={fields().categoryNames}
            onInput={(event) => set({ categoryNames: event.currentTarget.value })}
          />
        )}
      />
      <Field
        label="Rules"
        hint={isNew ? 'What events show. You can change them when the show runs.' : undefined}
        control={(ids) => (
          <select {...ids} class="input" onChange={(event) => setCopied(event.currentTarget.value)}>
            <option value="">{isNew ? 'As the show that runs now' : 'Keep them'}</option>
            <For each={others()}>{(other) => <option value={other.id}>Copy those of {other.name}</option>}</For>
          </select>
        )}
      />
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'show.save'}>
          Save the show
        </Button>
        <Button onClick={() => props.onDone()}>Cancel</Button>
        <Show when={!isNew}>
          <HoldButton
            small
            label={isBuiltIn ? 'Reset the show' : 'Remove the show'}
            consequence={
              isBuiltIn
                ? `${show.name} becomes as it was delivered: looks, categories, ticker and rules.`
                : `${show.name} and its rules are gone for good.`
            }
            onConfirmed={() => void remove()}
          />
        </Show>
      </div>
    </form>
  )
}

/** How words look on the colour, and in it on a plate. */
function Sample(props: { accent: string }) {
  const tokens = () => accentTokens(props.accent)
  return (
    <span class="producer-sample" aria-hidden="true">
      <span style={{ background: tokens().accent, color: tokens().ink }}>Attempt 812</span>
      <span style={{ color: tokens().bright }}>tests are green</span>
    </span>
  )
}
