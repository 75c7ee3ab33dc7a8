/** A pressed key as Electron writes it, e.g. `Ctrl+Alt+1`. Pure. */

interface PressedKey {
  key: string
  code: string
  ctrlKey: boolean
  altKey: boolean
  shiftKey: boolean
  metaKey: boolean
}

const named: Record<string, string> = {
  ' ': 'Space',
  ArrowUp: 'Up',
  ArrowDown: 'Down',
  ArrowLeft: 'Left',
  ArrowRight: 'Right',
  Enter: 'Return',
  Insert: 'Insert',
  Delete: 'Delete',
  Home: 'Home',
  End: 'End',
  PageUp: 'PageUp',
  PageDown: 'PageDown',
  Pause: 'Pause',
}

/** Null while only modifiers are down, and for a plain letter: bound globally, it could not be typed any more. */
export function acceleratorOf(pressed: PressedKey): string | null {
  const main = mainKey(pressed)
  if (main === null) return null
  const modifiers = [
    pressed.ctrlKey && 'Ctrl',
    pressed.altKey && 'Alt',
    pressed.shiftKey && 'Shift',
    pressed.metaKey && 'Super',
  ].filter((name) => name !== false)
  const standsAlone = /^(F\d+|num\d|Pause|Insert)$/.test(main)
  const hasStrongModifier = pressed.ctrlKey || pressed.altKey || pressed.metaKey
  return standsAlone || hasStrongModifier ? [...modifiers, main].join('+') : null
}

/** By the place of the key where it has one, so that Shift+1 stays `1` on every layout. */
function mainKey({ key, code }: PressedKey): string | null {
  const place = /^(?:Key([A-Z])|Digit(\d)|(F\d{1,2}))$/.exec(code)
  if (place) return place[1] ?? place[2] ?? place[3] ?? null
  const pad = /^Numpad(\d)$/.exec(code)
  if (pad) return `num${pad[1]}`
  return named[key] ?? null
}
