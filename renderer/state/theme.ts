/** Dark unless chosen otherwise: light, or as the system says. Kept per browser; the page itself only ever wears dark or light. */
import { type Accessor, createEffect, createSignal, onCleanup } from 'solid-js'

const themes = ['dark', 'light', 'system'] as const
export type Theme = (typeof themes)[number]

const STORAGE_KEY = 'landale.theme'

export function createTheme(): { theme: Accessor<Theme>; next: () => void } {
  const kept = localStorage.getItem(STORAGE_KEY)
  const [theme, setTheme] = createSignal<Theme>(themes.find((name) => name === kept) ?? 'dark')
  const [systemIsLight, setSystemIsLight] = createSignal(false)
  const query = window.matchMedia?.('(prefers-color-scheme: light)')
  const follow = () => setSystemIsLight(query?.matches ?? false)
  follow()
  query?.addEventListener('change', follow)
  onCleanup(() => query?.removeEventListener('change', follow))
  createEffect(() => {
    const system = systemIsLight() ? 'light' : 'dark'
    document.documentElement.dataset.theme = theme() === 'system' ? system : theme()
    localStorage.setItem(STORAGE_KEY, theme())
  })
  return { theme, next: () => setTheme(themes[(themes.indexOf(theme()) + 1) % themes.length] ?? 'dark') }
}
