/** What stands on the bar and why: the show, the layers, the ticker; and what covers the picture or is said by hand. */
import { createSignal, For, Show } from 'solid-js'
import { type ContentLayer, contentLayers, type LayerItem } from '../../../contracts/content.ts'
import type { TakeoverType } from '../../../contracts/show.ts'
import type { ProducerState } from '../../../contracts/state/producer.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { focusSoon } from '../../components/focus-soon.ts'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { clockDuration } from '../../state/format.ts'
import { Displays } from '../displays/displays.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { Goals } from './goals-form.tsx'
import { contentInWords, contentTypeWords, layerWords, reasonInWords, takeoverWords } from './producer-words.ts'
import { ShowRules } from './show-rules.tsx'
import { Shows } from './shows.tsx'
import { TickerForm } from './ticker-form.tsx'
import './producer.css'

/** No show has this id: none begins with a hyphen. */
const AUTO = '-auto'

export function Producer() {
  const { producer } = useDashboard()
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Show" area="producer" unavailable={unavailable()} command={command}>
      <Show when={producer()} fallback={<p class="muted">Waiting for the show…</p>}>
        {(state) => (
          <div class="producer scroll">
            <ShowChoice state={state()} command={command} />
            <section>
              <h3 class="producer-title">On the bar</h3>
              <ul>
                <For each={contentLayers}>
                  {(layer) => <LayerRow layer={layer} item={state().layers[layer]} command={command} />}
                </For>
              </ul>
            </section>
            <Waiting state={state()} command={command} />
            <Ticker state={state()} command={command} />
            <Goals state={state()} command={command} />
            <Show when={state().shows.find(({ id }) => id === state().show.id)}>
              {(show) => (
                // Another show is another table: no rule half-typed goes over to it.
                <Show when={show().id} keyed>
                  {(_id) => <ShowRules show={show()} command={command} />}
                </Show>
              )}
            </Show>
            <Shows state={state()} command={command} />
          </div>
        )}
      </Show>
    </Panel>
  )
}

function ShowChoice(props: { state: ProducerState; command: Commander }) {
  const options = () => [
    { value: AUTO, label: 'By category' },
    ...props.state.shows.map(({ id, name }) => ({ value: id, label: name })),
  ]
  const choose = (value: string) =>
    void (value === AUTO ? props.command.run('show.auto', {}) : props.command.run('show.set', { show: value }))
  return (
    <section>
      <p class="producer-show">{props.state.show.name}</p>
      <Segmented
        label="Which show"
        value={props.state.show.mode === 'auto' ? AUTO : props.state.show.id}
        onChange={choose}
        options={options()}
      />
      <p class="muted">{reasonInWords(props.state.show)}</p>
    </section>
  )
}

function LayerRow(props: { layer: ContentLayer; item: LayerItem | null; command: Commander }) {
  return (
    <li class="producer-row">
      <span class="producer-layer">{layerWords[props.layer]}</span>
      <Show when={props.item} fallback={<span class="muted">Nothing</span>}>
        {(item) => (
          <>
            <p class="producer-words clip">
              <b>{contentTypeWords[item().content.type]}</b> {contentInWords(item().content)}
            </p>
            <Left endsAt={item().endsAt} />
            <Show when={item().id !== 'latest'}>
              <RemoveButton
                id={item().id}
                label={`Take away ${contentTypeWords[item().content.type]}`}
                command={props.command}
              />
            </Show>
          </>
        )}
      </Show>
    </li>
  )
}

/** Covered by another; its time runs on. */
function Waiting(props: { state: ProducerState; command: Commander }) {
  return (
    <Show when={props.state.queue.length > 0}>
      <section>
        <h3 class="producer-title">Behind them</h3>
        <ul>
          <For each={props.state.queue}>
            {(item) => (
              <li class="producer-row">
                <span class="producer-layer">{layerWords[item.layer]}</span>
                <p class="producer-words clip">{contentTypeWords[item.type]}</p>
                <Left endsAt={item.endsAt} />
                <RemoveButton
                  id={item.id}
                  label={`Take away ${contentTypeWords[item.type]} behind`}
                  command={props.command}
                />
              </li>
            )}
          </For>
        </ul>
      </section>
    </Show>
  )
}

function Left(props: { endsAt: number | null }) {
  const { now } = useDashboard()
  return <Show when={props.endsAt}>{(end) => <span class="producer-left">{clockDuration(end() - now())}</span>}</Show>
}

function RemoveButton(props: { id: string; label: string; command: Commander }) {
  return (
    <Button
      tone="quiet"
      small
      aria-label={props.label}
      onClick={() => void props.command.run('content.remove', { id: props.id })}
    >
      <Icon name="cross" />
    </Button>
  )
}

function Ticker(props: { state: ProducerState; command: Commander }) {
  /** Of the show that is edited: the one that ran when it was begun, whatever runs by now. */
  const [edited, setEdited] = createSignal<string | null>(null)
  let wasOpen = false
  const close = () => {
    wasOpen = true
    setEdited(null)
  }
  return (
    <section>
      <h3 class="producer-title">Ticker</h3>
      <div class="producer-ticker">
        <Show when={props.state.ticker.items.length > 0} fallback={<p class="muted">This show has no ticker.</p>}>
          <ol class="producer-round">
            <For each={props.state.ticker.items}>
              {(type, index) => (
                <li aria-current={index() === props.state.ticker.index ? 'true' : undefined}>
                  {contentTypeWords[type]}
                </li>
              )}
            </For>
          </ol>
          <Button small onClick={() => void props.command.run('ticker.next', {})}>
            <Icon name="skip" /> Next
          </Button>
        </Show>
      </div>
      <Show when={props.state.ticker.isPaused}>
        <p class="muted">Held while an alert is on screen.</p>
      </Show>
      <Show
        when={edited()}
        keyed
        fallback={
          <Button small ref={(button) => wasOpen && focusSoon(button)} onClick={() => setEdited(props.state.show.id)}>
            Edit the ticker
          </Button>
        }
      >
        {(id) => (
          <Show when={props.state.shows.find((show) => show.id === id)}>
            {(show) => <TickerForm show={show()} command={props.command} onDone={close} />}
          </Show>
        )}
      </Show>
    </section>
  )
}

/** Said by the streamer: over the whole picture, or on the bar. */
export function ByHand() {
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="By hand" area="by-hand" unavailable={unavailable()} command={command}>
      <div class="producer scroll">
        <Takeover command={command} />
        <Message command={command} />
        <Displays command={command} />
      </div>
    </Panel>
  )
}

/** What each says where the streamer wrote nothing. */
const takeoverMessages: Record<Exclude<TakeoverType, 'custom'>, string | undefined> = {
  'please-stand-by': 'Please stand by',
  'technical-difficulties': 'Technical difficulties, back in a moment',
  'screen-cover': undefined,
}

function Takeover(props: { command: Commander }) {
  const { producer } = useDashboard()
  const [words, setWords] = createSignal('')
  const show = (type: TakeoverType) => {
    const own = words().trim() || undefined
    const message = type === 'custom' ? own : (own ?? takeoverMessages[type])
    void props.command.run('takeover.show', message === undefined ? { type } : { type, message })
  }
  return (
    <section>
      <h3 class="producer-title">Cover the picture</h3>
      <Show when={producer()?.takeover} fallback={<p class="muted">The picture is not covered.</p>}>
        {(takeover) => (
          <div class="producer-row">
            <p class="producer-words" role="status">
              Covered: {takeoverWords[takeover().type]}
            </p>
            <Left endsAt={takeover().endsAt} />
            <Button tone="primary" onClick={() => void props.command.run('takeover.clear', {})}>
              Uncover
            </Button>
          </div>
        )}
      </Show>
      <Field
        label="Words on it"
        hint="Empty: the usual ones."
        control={(ids) => (
          <input
            {...ids}
            class="input"
            maxLength={300}
            value={words()}
            onInput={(event) => setWords(event.currentTarget.value)}
          />
        )}
      />
      <div class="producer-grid">
        <For each={Object.entries(takeoverWords) as [TakeoverType, string][]}>
          {([type, name]) => (
            <Button
              disabled={type === 'custom' && words().trim() === ''}
              aria-pressed={producer()?.takeover?.type === type}
              onClick={() => show(type)}
            >
              {name}
            </Button>
          )}
        </For>
      </div>
    </section>
  )
}

function Message(props: { command: Commander }) {
  const [words, setWords] = createSignal('')
  const show = async () => {
    const shown = await props.command.run('content.override', { message: words() })
    if (shown) setWords('')
  }
  return (
    <section>
      <h3 class="producer-title">Say something on the bar</h3>
      <form
        class="producer-say"
        onSubmit={(event) => {
          event.preventDefault()
          if (words().trim() !== '') void show()
        }}
      >
        <input
          class="input"
          aria-label="Message on the bar"
          maxLength={300}
          value={words()}
          onInput={(event) => setWords(event.currentTarget.value)}
        />
        <Button type="submit" disabled={words().trim() === ''}>
          Show for 30 s
        </Button>
      </form>
    </section>
  )
}
