/** The giveaway by hand: open, close, draw, take away. */
import { createSignal, For, Show } from 'solid-js'
import type { Giveaway } from '../../../../contracts/state/giveaway.ts'
import { Button } from '../../../components/button.tsx'
import { HoldButton } from '../../../components/hold-button.tsx'
import { LinesField, linesOf, TextField } from '../../../components/text-field.tsx'
import { useDashboard } from '../../../state/dashboard.tsx'
import { counted } from '../../../state/format.ts'
import type { ControlProps } from '../widget-controls.ts'

export function GiveawayControl(props: ControlProps) {
  const { giveaway } = useDashboard()
  return (
    <Show when={giveaway()?.giveaway} fallback={<NewGiveaway {...props} />}>
      {(there) => <There giveaway={there()} {...props} />}
    </Show>
  )
}

function There(props: ControlProps & { giveaway: Giveaway }) {
  const isOpen = () => props.giveaway.status === 'open'
  return (
    <>
      <p>
        <b>{props.giveaway.title}</b>{' '}
        <span class="muted">
          {props.giveaway.keyword} · {counted(props.giveaway.entries, 'entry', 'entries')} ·{' '}
          {isOpen() ? 'open' : 'closed'}
        </span>
      </p>
      <Show when={props.giveaway.winners.length > 0}>
        <ol aria-label="Drawn, newest first">
          <For each={props.giveaway.winners}>
            {(winner) => (
              <li class="clip">
                <b>{winner.user_name}</b>
              </li>
            )}
          </For>
        </ol>
      </Show>
      <div class="form-row">
        <HoldButton
          tone="live"
          label={props.giveaway.winners.length > 0 ? 'Draw another' : 'Draw a winner'}
          consequence="The winner is seen on stream at once."
          disabled={props.giveaway.entries === 0}
          onConfirmed={() => void props.command.run('giveaway.draw', {})}
        />
        <Show when={isOpen()}>
          <Button onClick={() => void props.command.run('giveaway.close', {})}>Close entries</Button>
        </Show>
        <HoldButton
          tone="plain"
          label="Take it away"
          consequence="Its entries are gone; winners stay in the event log."
          onConfirmed={() => void props.command.run('giveaway.clear', {})}
        />
      </div>
    </>
  )
}

function NewGiveaway(props: ControlProps) {
  const [title, setTitle] = createSignal('')
  const [keyword, setKeyword] = createSignal('!win')
  const [exclude, setExclude] = createSignal('')
  const [rehearsal, setRehearsal] = createSignal(false)
  const fits = () => title().trim() !== '' && /^\S+$/.test(keyword().trim())
  const open = () =>
    void props.command.run('giveaway.open', {
      title: title().trim(),
      keyword: keyword().trim(),
      exclude: linesOf(exclude()),
      rehearsal: rehearsal(),
    })
  return (
    <form
      class="control-form"
      onSubmit={(event) => {
        event.preventDefault()
        if (fits()) open()
      }}
    >
      <TextField label="What can be won" maxLength={60} value={title()} onChange={setTitle} />
      <TextField
        label="Word to write"
        hint="One word; capitals make no difference."
        maxLength={30}
        value={keyword()}
        onChange={setKeyword}
      />
      <LinesField
        label="Never drawn"
        hint="Bots, moderators, you; one in each line."
        rows={2}
        value={exclude()}
        onChange={setExclude}
      />
      <label class="check">
        <input type="checkbox" checked={rehearsal()} onChange={(event) => setRehearsal(event.currentTarget.checked)} />
        Rehearsal: the simulator’s viewers take part too
      </label>
      <div class="form-row">
        <Button type="submit" tone="primary" disabled={!fits()}>
          Open it
        </Button>
      </div>
    </form>
  )
}
