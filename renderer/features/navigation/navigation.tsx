/**
 * The way between the pages. A row where there is room; on a phone, the pages needed live at the thumb and the rest in a
 * sheet above them. One list for both: only the style sheet knows which of the two it is.
 */
import { createEffect, createSignal, createUniqueId, For, onCleanup } from 'solid-js'
import { Button } from '../../components/button.tsx'
import { Icon } from '../../components/icon.tsx'
import type { View } from '../../state/route.ts'
import { createTheme, type Theme } from '../../state/theme.ts'
import { liveViews, otherViews, viewNames } from './view-names.ts'
import './navigation.css'

export function Navigation(props: { view: View }) {
  const restId = createUniqueId()
  const [isOpen, setOpen] = createSignal(false)
  let nav: HTMLElement | undefined
  let more: HTMLButtonElement | undefined
  const isInRest = () => otherViews.some((view) => view === props.view)
  createEffect(() => {
    if (isOpen())
      onCleanup(
        listenOutside(
          () => nav,
          () => setOpen(false),
        ),
      )
  })
  const closeByKey = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen()) return
    setOpen(false)
    more?.focus()
  }
  return (
    <nav class="nav" aria-label="Pages" ref={nav} onKeyDown={closeByKey}>
      <For each={liveViews}>{(view) => <PageLink view={view} current={props.view} />}</For>
      <button
        type="button"
        class="nav-link nav-more"
        ref={more}
        aria-expanded={isOpen()}
        aria-controls={restId}
        data-current={isInRest() ? '' : undefined}
        onClick={() => setOpen(!isOpen())}
      >
        {isInRest() ? viewNames[props.view] : 'More'}
        <span class="visually-hidden">{isInRest() ? ', more pages' : ' pages'}</span>
        <Icon name="chevron-up" />
      </button>
      <div id={restId} class="nav-rest" data-open={isOpen() ? '' : undefined}>
        <For each={otherViews}>
          {(view) => <PageLink view={view} current={props.view} onChoose={() => setOpen(false)} />}
        </For>
        <ThemeButton />
      </div>
    </nav>
  )
}

function PageLink(props: { view: View; current: View; onChoose?: () => void }) {
  return (
    <a
      class="nav-link"
      href={`#${props.view}`}
      aria-current={props.current === props.view ? 'page' : undefined}
      onClick={() => props.onChoose?.()}
    >
      {viewNames[props.view]}
    </a>
  )
}

const themeIcons = { system: 'half', dark: 'moon', light: 'sun' } as const
const themeWords: Record<Theme, string> = { system: 'as the system', dark: 'dark', light: 'light' }

function ThemeButton() {
  const { theme, next } = createTheme()
  const words = () => `Colours: ${themeWords[theme()]}`
  return (
    <Button tone="quiet" class="nav-theme" aria-label={`${words()}. Press to change.`} title={words()} onClick={next}>
      <Icon name={themeIcons[theme()]} />
      <span class="nav-theme-words">{words()}</span>
    </Button>
  )
}

/** Hears of a press or of the focus outside of the element until the returned function is called. */
function listenOutside(element: () => HTMLElement | undefined, onOutside: () => void): () => void {
  const hear = ({ target }: Event) => {
    if (target instanceof Node && !element()?.contains(target)) onOutside()
  }
  document.addEventListener('pointerdown', hear)
  document.addEventListener('focusin', hear)
  return () => {
    document.removeEventListener('pointerdown', hear)
    document.removeEventListener('focusin', hear)
  }
}
