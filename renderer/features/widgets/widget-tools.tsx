/** What can be done with a whole widget: its name, presets, its address, the outputs it is on, a copy, a file, its end. */
import { createEffect, createSignal, For, on, Show } from 'solid-js'
import type { Widget } from '../../../contracts/state/widgets.ts'
import { widgetDefinitions } from '../../../contracts/widgets.ts'
import { Button } from '../../components/button.tsx'
import { CopyButton } from '../../components/copy-button.tsx'
import { Field } from '../../components/field.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { Icon } from '../../components/icon.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { offerFile } from './widget-file.ts'

interface ToolProps {
  widget: Widget
  command: Commander
}

export function NameField(props: ToolProps) {
  return (
    <Field
      label="Name"
      control={(ids) => (
        <input
          {...ids}
          class="input"
          maxLength={60}
          value={props.widget.name}
          onChange={(event) => {
            const name = event.currentTarget.value.trim()
            if (name === '') event.currentTarget.value = props.widget.name
            else void props.command.run('widget.rename', { widget: props.widget.id, name })
          }}
        />
      )}
    />
  )
}

export function Presets(props: ToolProps) {
  const { widgets } = useDashboard()
  const [name, setName] = createSignal('')
  const presets = () => widgets()?.presets.filter(({ kind }) => kind === props.widget.kind) ?? []
  const save = async () => {
    const saved = await props.command.run('widget.preset.save', { widget: props.widget.id, name: name().trim() })
    if (saved) setName('')
  }
  return (
    <section class="widget-tools">
      <h3 class="widget-title">Presets</h3>
      <Show
        when={presets().length > 0}
        fallback={<p class="muted">None yet. A preset can be put on any widget like this.</p>}
      >
        <ul class="preset-list">
          <For each={presets()}>
            {(preset) => (
              <li class="preset">
                <Button
                  small
                  class="preset-apply"
                  onClick={() =>
                    void props.command.run('widget.preset.apply', { widget: props.widget.id, preset: preset.id })
                  }
                >
                  <span class="clip">{preset.name}</span>
                </Button>
                <Button
                  small
                  tone="quiet"
                  aria-label={`Remove the preset ${preset.name}`}
                  onClick={() => void props.command.run('widget.preset.remove', { preset: preset.id })}
                >
                  <Icon name="cross" />
                </Button>
              </li>
            )}
          </For>
        </ul>
      </Show>
      <form
        class="form-row"
        onSubmit={(event) => {
          event.preventDefault()
          if (name().trim() !== '') void save()
        }}
      >
        <input
          class="input"
          data-small=""
          aria-label="Name of the preset"
          placeholder="Name"
          maxLength={60}
          value={name()}
          onInput={(event) => setName(event.currentTarget.value)}
        />
        <Button small type="submit" disabled={name().trim() === ''}>
          Save as preset
        </Button>
      </form>
    </section>
  )
}

/** Where it is seen: on outputs, and under an address of its own. */
export function Places(props: ToolProps) {
  const { outputs } = useDashboard()
  const list = () => outputs()?.outputs ?? []
  const shows = (layers: readonly { source: { kind: string } }[]) =>
    layers.some(({ source }) => source.kind === 'widget' && (source as { widget?: string }).widget === props.widget.id)
  const add = (output: string) =>
    props.command.run('layer.add', { output, layer: { source: { kind: 'widget', widget: props.widget.id } } })
  return (
    <section class="widget-tools">
      <h3 class="widget-title">Where it is seen</h3>
      <ul class="place-list">
        <For each={list()}>
          {(output) => (
            <li class="place">
              <span class="clip">{output.name}</span>
              <Show
                when={shows(output.layers)}
                fallback={
                  <Button small aria-label={`Add it to ${output.name}`} onClick={() => void add(output.id)}>
                    <Icon name="plus" />
                    Add
                  </Button>
                }
              >
                <a href={`#outputs/${output.id}`}>Place it</a>
              </Show>
            </li>
          )}
        </For>
      </ul>
      <Address {...props} />
    </section>
  )
}

function Address(props: ToolProps) {
  const { online } = useDashboard()
  const [url, setUrl] = createSignal<string>()
  const size = () => widgetDefinitions[props.widget.kind].size
  const ask = async (name: 'widget.url.get' | 'widget.url.renew') => {
    const widget = props.widget.id
    const answer = await props.command.run(name, { widget })
    if (answer && widget === props.widget.id) setUrl(answer.url)
  }
  createEffect(on(online, (isOnline) => isOnline && url() === undefined && void ask('widget.url.get')))
  return (
    <Show when={url()}>
      {(address) => (
        <>
          <p class="muted">
            As a browser source of its own: {size().width} × {size().height}. Whoever has the address can see it.
          </p>
          <div class="form-row">
            <CopyButton text={address()} label="Copy address" small />
            <HoldButton
              small
              tone="plain"
              label="Renew address"
              consequence="The old address stops working at once; sources that use it show nothing."
              onConfirmed={() => void ask('widget.url.renew')}
            />
          </div>
        </>
      )}
    </Show>
  )
}

export function WholeWidget(props: ToolProps & { onGone: () => void; onCopied: (widget: string) => void }) {
  const copy = async () => {
    const made = await props.command.run('widget.copy', { widget: props.widget.id })
    if (made) props.onCopied(made.widget)
  }
  const save = async () => {
    const file = await props.command.run('widget.export', { widgets: [props.widget.id] })
    if (file) offerFile(file, props.widget.name)
  }
  const remove = async () => {
    if (await props.command.run('widget.remove', { widget: props.widget.id })) props.onGone()
  }
  return (
    <div class="form-row">
      <Button small onClick={() => void copy()}>
        <Icon name="copy" />
        Copy
      </Button>
      <Button small onClick={() => void save()}>
        <Icon name="down" />
        Export
      </Button>
      <HoldButton
        small
        label="Remove"
        consequence={`“${props.widget.name}” and its address are gone; layers that show it show nothing.`}
        onConfirmed={() => void remove()}
      />
    </div>
  )
}
