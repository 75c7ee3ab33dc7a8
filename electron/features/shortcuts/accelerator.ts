/** Reads a key combination in Electron's notation. Only its form: whether the system takes it, the system says. */

const MODIFIERS: Readonly<Record<string, string>> = {
  command: 'command',
  cmd: 'command',
  control: 'control',
  ctrl: 'control',
  commandorcontrol: 'commandorcontrol',
  cmdorctrl: 'commandorcontrol',
  alt: 'alt',
  option: 'alt',
  altgr: 'altgr',
  shift: 'shift',
  super: 'super',
  meta: 'super',
}

const NAMED_KEYS: ReadonlySet<string> = new Set(
  (
    'plus space tab capslock numlock scrolllock backspace delete insert return enter up down left right home end pageup ' +
    'pagedown escape esc volumeup volumedown volumemute medianexttrack mediaprevioustrack mediastop mediaplaypause ' +
    'printscreen numdec numadd numsub nummult numdiv'
  ).split(' '),
)

/**
 * The same text for every way to write one combination, to tell two bindings of one key apart from two keys; null when it
 * is no combination: an unknown word, no key, or more than one.
 */
export function normalAccelerator(accelerator: string): string | null {
  const parts = accelerator.split('+').map((part) => part.trim().toLowerCase())
  const key = parts.pop() ?? ''
  const modifiers = parts.map((part) => MODIFIERS[part])
  if (!isKey(key) || modifiers.includes(undefined)) return null
  return [...new Set(modifiers)].sort().concat(key).join('+')
}

/** A printable character, F1 to F24, a digit of the number pad, or a key with a name. */
function isKey(key: string): boolean {
  return /^([!-~]|f([1-9]|1\d|2[0-4])|num\d)$/.test(key) || NAMED_KEYS.has(key)
}
