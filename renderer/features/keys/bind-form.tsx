/** Binds a key: press it in the field, choose what it does. */
import { createSignal, For, Show } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Field } from '../../components/field.tsx'
import type { Commander } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'
import { acceleratorOf } from './accelerator.ts'
import { type KeyCommand, keyCommands } from './key-commands.ts'

/** As many as have a place on the function keys. */
const SCENE_NUMBERS = Array.from({ length: 12 }, (_, index) => String(index + 1))

const targetNames: Partial<Record<KeyCommand, string>> = {
  'obs.scene.set': 'Scene',
  'obs.scene.set-by-number': 'Number',
  'obs.input.mute': 'Input',
}

export function BindForm(props: { command: Commander }) {
  const { obs } = useDashboard()
  const [accelerator, setAccelerator] = createSignal('')
  const [command, setCommand] = createSignal<KeyCommand>('obs.scene.set')
  const [target, setTarget] = createSignal('')
  const [fault, setFault] = createSignal<string>()
  const targets = () => {
    if (command() === 'obs.scene.set') return obs()?.scenes.list ?? []
    if (command() === 'obs.input.mute') return (obs()?.inputs ?? []).map((input) => input.name)
    if (command() === 'obs.scene.set-by-number') return SCENE_NUMBERS
    return null
  }
  const chosen = () => (targets()?.includes(target()) ? target() : (targets()?.[0] ?? ''))
  const press = (event: KeyboardEvent) => {
    // Tab and Escape keep their meaning, so that nobody is caught in the field.
    if (event.key === 'Tab' || event.key === 'Escape') return
    event.preventDefault()
    const pressed = acceleratorOf(event)
    if (pressed) setAccelerator(pressed)
    setFault(undefined)
  }
  const bind = async (event: SubmitEvent) => {
    event.preventDefault()
    if (accelerator() === '') {
      setFault('Press a key in this field first: one with Ctrl, Alt or Super, or a function key.')
      return
    }
    const args = argsOf(command(), chosen())
    if (await props.command.run('shortcut.bind', { accelerator: accelerator(), command: command(), args })) {
      setAccelerator('')
    }
  }
  return (
    <form class="form" onSubmit={(event) => void bind(event)}>
      <Field
        label="Key"
        hint="Click here and press it, for example Ctrl+Alt+1 or F13."
        fault={fault()}
        control={(ids) => (
          <input
            {...ids}
            class="input key-input"
            readonly
            value={accelerator()}
            placeholder="Press a key"
            onKeyDown={press}
          />
        )}
      />
      <div class="form-pair">
        <Field
          label="Does"
          control={(ids) => (
            <select {...ids} class="input" onChange={(event) => setCommand(event.currentTarget.value as KeyCommand)}>
              <For each={Object.entries(keyCommands)}>
                {([name, label]) => (
                  <option value={name} selected={name === command()}>
                    {label}
                  </option>
                )}
              </For>
            </select>
          )}
        />
        <Show when={targets()}>
          {(list) => (
            <Field
              label={targetNames[command()] ?? 'Which'}
              hint={list().length === 0 ? 'Connect OBS to choose one.' : undefined}
              control={(ids) => (
                <select {...ids} class="input" onChange={(event) => setTarget(event.currentTarget.value)}>
                  <For each={list()}>
                    {(name) => (
                      <option value={name} selected={name === chosen()}>
                        {name}
                      </option>
                    )}
                  </For>
                </select>
              )}
            />
          )}
        </Show>
      </div>
      <div class="form-row">
        <Button tone="primary" type="submit" disabled={targets()?.length === 0}>
          Bind the key
        </Button>
      </div>
    </form>
  )
}

function argsOf(command: KeyCommand, target: string): Record<string, unknown> {
  if (command === 'obs.scene.set') return { scene: target }
  if (command === 'obs.scene.set-by-number') return { number: Number(target) }
  return command === 'obs.input.mute' ? { input: target, muted: true } : {}
}
