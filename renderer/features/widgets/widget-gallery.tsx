/** Every kind of widget with its preview, to add one. */
import { For } from 'solid-js'
import { type WidgetKind, widgetDefinitions, widgetKinds } from '../../../contracts/widgets.ts'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import { Panel } from '../../components/panel.tsx'
import { createCommand } from '../../state/create-command.ts'
import { hubUnavailable } from '../status/obs-unavailable.ts'
import { WidgetPreview } from './widget-preview.tsx'

export function WidgetGallery(props: { onAdded: (widget: string) => void }) {
  const unavailable = hubUnavailable()
  const command = createCommand()
  const add = async (kind: WidgetKind) => {
    const result = await command.run('widget.add', { kind })
    if (result) props.onAdded(result.widget)
  }
  return (
    <Panel title="Add a widget" area="gallery" unavailable={unavailable()} command={command}>
      <ul class="gallery scroll">
        <For each={widgetKinds}>
          {(kind) => (
            <li class="gallery-kind">
              <div class="gallery-stand" aria-hidden="true">
                <WidgetPreview kind={kind} title={`Preview of ${widgetDefinitions[kind].title}`} />
              </div>
              <div class="gallery-words">
                <h3>{widgetDefinitions[kind].title}</h3>
                <p class="muted">{widgetDefinitions[kind].description}</p>
              </div>
              <Button
                aria-label={`Add ${widgetDefinitions[kind].title}`}
                busy={command.pending() === 'widget.add'}
                onClick={() => void add(kind)}
              >
                <Icon name="plus" />
                Add
              </Button>
            </li>
          )}
        </For>
      </ul>
    </Panel>
  )
}
