/** An output's name, size and frame rate, to change it or to add one; and taking one away. */
import { onMount, Show } from 'solid-js'
import type { Output } from '../../../contracts/output.ts'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import { HoldButton } from '../../components/hold-button.tsx'
import { NumberField } from '../../components/number-field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { MAIN_OUTPUT } from './layer-words.ts'
import { MAX_SIDE_PX } from './sketch-maths.ts'
import './output-form.css'

const MIN_CANVAS_PX = 16
const MAX_FRAME_RATE = 120

export function OutputForm(props: { output: Output; command: Commander }) {
  const update = (change: { name?: string; width?: number; height?: number; frameRate?: number }) =>
    void props.command.run('output.update', { output: props.output.id, ...change })
  return (
    <div class="form">
      <Field
        label="Name"
        hint="The address keeps its own, so sources in OBS go on."
        control={(ids) => (
          <input
            {...ids}
            class="input"
            required
            maxlength="60"
            value={props.output.name}
            onChange={(event) => event.currentTarget.reportValidity() && update({ name: event.currentTarget.value })}
          />
        )}
      />
      <div class="output-numbers">
        <SizeFields output={props.output} update={update} />
      </div>
      <Show
        when={props.output.id !== MAIN_OUTPUT}
        fallback={<p class="muted">The main output stays: the first source in OBS shows it.</p>}
      >
        <HoldButton
          label={`Remove the output ${props.output.name}`}
          consequence="Its addresses stop working at once, in every OBS that uses them."
          onConfirmed={() => void props.command.run('output.remove', { output: props.output.id })}
        >
          Hold to remove this output
        </HoldButton>
      </Show>
    </div>
  )
}

interface SizeFieldsProps {
  output: Pick<Output, 'width' | 'height' | 'frameRate'>
  update?: (change: { width?: number; height?: number; frameRate?: number }) => void
}

function SizeFields(props: SizeFieldsProps) {
  return (
    <>
      <NumberField
        label="Width, px"
        name="width"
        min={MIN_CANVAS_PX}
        max={MAX_SIDE_PX}
        value={props.output.width}
        onChange={props.update && ((width) => props.update?.({ width }))}
      />
      <NumberField
        label="Height, px"
        name="height"
        min={MIN_CANVAS_PX}
        max={MAX_SIDE_PX}
        value={props.output.height}
        onChange={props.update && ((height) => props.update?.({ height }))}
      />
      <NumberField
        label="Frames/s"
        name="frameRate"
        min={1}
        max={MAX_FRAME_RATE}
        value={props.output.frameRate}
        onChange={props.update && ((frameRate) => props.update?.({ frameRate }))}
      />
    </>
  )
}

interface NewOutputProps {
  command: Commander
  onAdded: (output: string) => void
  onCancel: () => void
}

export function NewOutput(props: NewOutputProps) {
  let name: HTMLInputElement | undefined
  onMount(() => name?.focus())
  const add = async (event: SubmitEvent & { currentTarget: HTMLFormElement }) => {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    const number = (field: string) => Number(data.get(field))
    const result = await props.command.run('output.add', {
      name: String(data.get('name')),
      width: number('width'),
      height: number('height'),
      frameRate: number('frameRate'),
    })
    if (result) props.onAdded(result.output)
  }
  return (
    <form class="form" onSubmit={(event) => void add(event)}>
      <p class="muted">
        A second canvas with its own layers and addresses: for a vertical stream, a recording without alerts, another
        machine.
      </p>
      <Field
        label="Name"
        hint="Its address is made from it, e.g. /live/vertical."
        control={(ids) => (
          <input {...ids} ref={name} class="input" name="name" required maxlength="60" placeholder="Vertical" />
        )}
      />
      <div class="output-numbers">
        <SizeFields output={{ width: 1920, height: 1080, frameRate: 60 }} />
      </div>
      <div class="form-row">
        <Button tone="primary" type="submit" busy={props.command.pending() === 'output.add'}>
          Add the output
        </Button>
        <Button tone="quiet" onClick={() => props.onCancel()}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
