/** A new layer: one of our pages, a widget, or an address. It lies on top; all but a widget fill the canvas until they are moved. */
import { createSignal, For, Match, onMount, Show, Switch } from 'solid-js'
import type { BuiltInPage, LayerSource } from '../../../contracts/output.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { Segmented } from '../../components/segmented.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { pageWords } from './layer-words.ts'

interface AddLayerProps {
  output: string
  command: Commander
  onAdded: (layer: string) => void
}

export const sourceKinds = [
  { value: 'page', label: 'Page of ours' },
  { value: 'widget', label: 'Widget' },
  { value: 'url', label: 'Any address' },
] as const

export function AddLayer(props: AddLayerProps) {
  const { widgets } = useDashboard()
  const [kind, setKind] = createSignal<LayerSource['kind']>('page')
  let form: HTMLFormElement | undefined
  onMount(() => form?.querySelector<HTMLElement>('input:checked')?.focus())
  const add = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const source = sourceIn(new FormData(event.currentTarget), kind())
    const result = await props.command.run('layer.add', { output: props.output, layer: { source } })
    if (result) props.onAdded(result.layer)
  }
  return (
    <form ref={form} class="add-layer" aria-label="New layer" onSubmit={(event) => void add(event)}>
      <div>
        <Segmented label="What it shows" value={kind()} options={sourceKinds} onChange={setKind} />
      </div>
      <Switch>
        <Match when={kind() === 'url'}>
          <Field
            label="Address"
            hint="Another program’s page, e.g. a goal or a chat. It is kept apart from everything of ours."
            control={(ids) => (
              <input {...ids} class="input" name="url" type="url" required maxlength="2000" placeholder="https://" />
            )}
          />
        </Match>
        <Match when={kind() === 'widget'}>
          <Show when={widgets()?.widgets.length} fallback={<NoWidgets />}>
            <Field
              label="Widget"
              control={(ids) => (
                <select {...ids} class="input" name="widget">
                  <For each={widgets()?.widgets}>{({ id, name }) => <option value={id}>{name}</option>}</For>
                </select>
              )}
            />
          </Show>
        </Match>
        <Match when={kind() === 'page'}>
          <Field
            label="Page"
            control={(ids) => (
              <select {...ids} class="input" name="page">
                <For each={Object.entries(pageWords)}>{([page, words]) => <option value={page}>{words}</option>}</For>
              </select>
            )}
          />
        </Match>
      </Switch>
      <div class="form-row">
        <Button
          tone="primary"
          type="submit"
          disabled={kind() === 'widget' && !widgets()?.widgets.length}
          busy={props.command.pending() === 'layer.add'}
        >
          Add it on top
        </Button>
      </div>
    </form>
  )
}

export function NoWidgets() {
  return (
    <p class="muted">
      There are no widgets yet. <a href="#widgets">Add one</a> first.
    </p>
  )
}

function sourceIn(data: FormData, kind: LayerSource['kind']): LayerSource {
  if (kind === 'page') return { kind, page: String(data.get('page')) as BuiltInPage }
  if (kind === 'widget') return { kind, widget: String(data.get('widget')) }
  return { kind, url: String(data.get('url')).trim() }
}
