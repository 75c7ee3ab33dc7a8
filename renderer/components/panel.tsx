/**
 * A region of the screen with a heading. While `unavailable` says why, everything in it is shown greyed and can't be
 * pressed; `problem` is what went wrong with the last thing asked here.
 */
import { createUniqueId, type JSX, type ParentProps, Show } from 'solid-js'
import type { Commander } from '../state/create-command.ts'
import { Button } from './button.tsx'
import { Icon } from './icon.tsx'
import './panel.css'

interface PanelProps {
  title: string
  /** Name of the place in the grid of its view. */
  area?: string | undefined
  unavailable?: string | null | undefined
  /** Where that can be mended. */
  mendHref?: string | undefined
  command?: Commander | undefined
  /** Controls beside the title. */
  actions?: JSX.Element
  class?: string | undefined
}

export function Panel(props: ParentProps<PanelProps>) {
  const titleId = createUniqueId()
  return (
    <section class={`panel ${props.class ?? ''}`} data-area={props.area} aria-labelledby={titleId}>
      <header class="panel-head">
        <h2 id={titleId} class="panel-title">
          {props.title}
        </h2>
        <Show when={props.unavailable} fallback={<div class="panel-actions">{props.actions}</div>}>
          {(reason) => (
            <p class="panel-reason">
              <Show when={props.mendHref} fallback={reason()}>
                <a href={props.mendHref} title="Open settings">
                  {reason()}
                </a>
              </Show>
            </p>
          )}
        </Show>
      </header>
      <fieldset class="panel-body" disabled={Boolean(props.unavailable)} aria-labelledby={titleId}>
        {props.children}
      </fieldset>
      <Problem command={props.command} />
    </section>
  )
}

/** Why the last command was refused, until dismissed or until the next one. */
export function Problem(props: { command: Commander | undefined }) {
  return (
    <Show when={props.command?.problem()}>
      {(problem) => (
        <div class="problem" role="alert">
          <Icon name="warning" />
          <p>{problem()}</p>
          <Button tone="quiet" small aria-label="Dismiss" onClick={() => props.command?.clear()}>
            <Icon name="cross" />
          </Button>
        </div>
      )}
    </Show>
  )
}
