/**
 * The page on which widgets are made: which there are, how the chosen one looks, and what it is set to. Loaded when it is
 * opened: it brings the schemas of every kind along.
 */
import { createMemo, createSignal, For, Show } from 'solid-js'
import { Dynamic } from 'solid-js/web'
import type { Widget } from '../../../contracts/state/widgets.ts'
import { fieldOf } from '../../../contracts/widgets/fields.ts'
import { widgetDefinitions } from '../../../contracts/widgets.ts'
import { Button } from '../../components/button.tsx'
import { EmptyState } from '../../components/empty-state.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { Segmented } from '../../components/segmented.tsx'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { createSettings, type SettingsDraft } from './create-settings.ts'
import { SettingField } from './setting-field.tsx'
import { widgetControls } from './widget-controls.ts'
import { offerFile, readFile } from './widget-file.ts'
import { WidgetGallery } from './widget-gallery.tsx'
import { WidgetPreview } from './widget-preview.tsx'
import { NameField, Places, Presets, WholeWidget } from './widget-tools.tsx'
import './widgets.css'

/** `widget`: its id in the address; one that is not known is the first. */
export function Widgets(props: { widget: string | null }) {
  const { widgets } = useDashboard()
  const list = () => widgets()?.widgets ?? []
  const [adding, setAdding] = createSignal(false)
  const isEmpty = () => widgets() !== undefined && list().length === 0
  const chosen = createMemo(() => list().find(({ id }) => id === props.widget) ?? list()[0])
  const show = (id: string) => {
    setAdding(false)
    location.hash = `#widgets/${id}`
  }
  return (
    <div class="widgets scroll">
      <WidgetList
        widgets={list()}
        chosen={adding() || isEmpty() ? undefined : chosen()?.id}
        adding={adding()}
        onAdd={() => setAdding(!adding())}
        onChoose={() => setAdding(false)}
        onImported={show}
      />
      <Show when={!adding() && !isEmpty()} fallback={<WidgetGallery onAdded={show} />}>
        <Show when={chosen()}>
          {(widget) => (
            // Another widget is another page: nothing half-typed goes over to it.
            <Show when={widget().id} keyed>
              {(_id) => <Editor widget={widget()} onShow={show} />}
            </Show>
          )}
        </Show>
      </Show>
    </div>
  )
}

interface WidgetListProps {
  widgets: readonly Widget[]
  chosen: string | undefined
  adding: boolean
  onAdd: () => void
  onChoose: () => void
  onImported: (widget: string) => void
}

function WidgetList(props: WidgetListProps) {
  const unavailable = hubUnavailable()
  const command = createCommand()
  return (
    <Panel title="Widgets" area="widgets" unavailable={unavailable()} command={command}>
      <nav class="widget-list" aria-label="Widgets">
        <For
          each={props.widgets}
          fallback={<EmptyState title="No widgets yet">Choose one to add; it gets an address and settings.</EmptyState>}
        >
          {(widget) => (
            <a
              class="widget-link"
              href={`#widgets/${widget.id}`}
              aria-current={props.chosen === widget.id ? 'page' : undefined}
              onClick={() => props.onChoose()}
            >
              <span class="widget-name clip">{widget.name}</span>
              <span class="widget-kind clip">{widgetDefinitions[widget.kind].title}</span>
            </a>
          )}
        </For>
      </nav>
      <div class="form-row widget-list-tools">
        <Show when={props.widgets.length > 0}>
          <Button aria-pressed={props.adding} onClick={() => props.onAdd()}>
            <Icon name="plus" />
            Add a widget
          </Button>
        </Show>
        <Files command={command} hasWidgets={props.widgets.length > 0} onImported={props.onImported} />
      </div>
    </Panel>
  )
}

function Files(props: { command: Commander; hasWidgets: boolean; onImported: (widget: string) => void }) {
  const [said, setSaid] = createSignal<readonly string[]>([])
  let input: HTMLInputElement | undefined
  const load = async (file: File | undefined) => {
    if (!file) return
    try {
      const content = await readFile(file)
      // Checked by the hub, which says what is wrong with it.
      const answer = await props.command.run('widget.import', { file: content as never })
      if (!answer) return
      setSaid(answer.faults)
      const [first] = answer.widgets
      if (first) props.onImported(first)
    } catch (error) {
      setSaid([error instanceof Error ? error.message : String(error)])
    }
  }
  const saveAll = async () => {
    const file = await props.command.run('widget.export', {})
    if (file) offerFile(file, 'widgets')
  }
  return (
    <>
      <input
        ref={input}
        class="visually-hidden"
        type="file"
        accept="application/json,.json"
        aria-label="File to import"
        tabindex="-1"
        onChange={(event) => {
          void load(event.currentTarget.files?.[0])
          event.currentTarget.value = ''
        }}
      />
      <Button small tone="quiet" onClick={() => input?.click()}>
        Import
      </Button>
      <Show when={props.hasWidgets}>
        <Button small tone="quiet" onClick={() => void saveAll()}>
          Export all
        </Button>
      </Show>
      <Show when={said().length > 0}>
        <div class="widget-said" role="status">
          <ul>
            <For each={said()}>{(line) => <li>{line}</li>}</For>
          </ul>
          <Button small tone="quiet" aria-label="Dismiss" onClick={() => setSaid([])}>
            <Icon name="cross" />
          </Button>
        </div>
      </Show>
    </>
  )
}

function Editor(props: { widget: Widget; onShow: (widget: string) => void }) {
  const unavailable = hubUnavailable()
  const change = createCommand()
  const live = createCommand()
  const tools = createCommand()
  const draft = createSettings(
    () => props.widget,
    async (settings) => (await change.run('widget.change', { widget: props.widget.id, settings })) !== undefined,
  )
  return (
    <>
      <div class="widget-middle">
        <Look widget={props.widget} draft={draft} />
        <Show when={widgetControls[props.widget.kind]}>
          {(control) => (
            <Panel title="Control" area="control" unavailable={unavailable()} command={live}>
              <div class="widget-control">
                <Dynamic component={control()} widget={props.widget} command={live} />
              </div>
            </Panel>
          )}
        </Show>
        <Panel title="This widget" area="widget" unavailable={unavailable()} command={tools}>
          <div class="widget-whole scroll">
            <NameField widget={props.widget} command={tools} />
            <Places widget={props.widget} command={tools} />
            <Presets widget={props.widget} command={tools} />
            <WholeWidget
              widget={props.widget}
              command={tools}
              onCopied={props.onShow}
              onGone={() => {
                location.hash = '#widgets'
              }}
            />
          </div>
        </Panel>
      </div>
      <Panel
        title="Settings"
        area="settings"
        unavailable={unavailable()}
        command={change}
        actions={
          <>
            <Button
              small
              tone="quiet"
              onClick={() => void change.run('widget.undo', { widget: props.widget.id })}
              title="Takes back the last change"
            >
              <Icon name="undo" />
              Undo
            </Button>
            <Button
              small
              tone="quiet"
              onClick={() => void change.run('widget.reset', { widget: props.widget.id })}
              title="As in a new one; undo brings these back"
            >
              Reset
            </Button>
          </>
        }
      >
        <div class="widget-form scroll">
          <For each={Object.entries(widgetDefinitions[props.widget.kind].settings.shape)}>
            {([name, schema]) => (
              <SettingField
                field={fieldOf(schema)}
                value={draft.value(name)}
                fault={draft.fault(name)}
                onChange={(value) => draft.change(name, value)}
                onLeave={() => draft.leave(name)}
              />
            )}
          </For>
        </div>
      </Panel>
    </>
  )
}

const grounds = [
  { value: 'dark', label: 'Dark' },
  { value: 'bright', label: 'Bright' },
  { value: 'busy', label: 'Busy' },
] as const
type Ground = (typeof grounds)[number]['value']

/** How it looks: with made-up data, over what a game may be. */
function Look(props: { widget: Widget; draft: SettingsDraft }) {
  const [ground, setGround] = createSignal<Ground>('dark')
  return (
    <Panel
      title="Preview"
      area="look"
      actions={<Segmented label="Behind it" value={ground()} options={grounds} onChange={setGround} />}
    >
      <div class="widget-stand" data-ground={ground()}>
        <WidgetPreview
          kind={props.widget.kind}
          settings={props.draft.fitting()}
          title={`Preview of ${props.widget.name}, with made-up data`}
        />
      </div>
      <p class="muted">Made-up data. What you change is on stream at once.</p>
    </Panel>
  )
}
