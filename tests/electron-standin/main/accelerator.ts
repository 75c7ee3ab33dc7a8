/** Electron's accelerator strings, brought into one form so that `Ctrl+Shift+1` and `shift+control+1` are the same key. */

const MODIFIERS: Record<string, string> = {
  commandorcontrol: process.platform === 'darwin' ? 'command' : 'control',
  cmdorctrl: process.platform === 'darwin' ? 'command' : 'control',
  command: 'command',
  cmd: 'command',
  control: 'control',
  ctrl: 'control',
  alt: 'alt',
  option: 'alt',
  altgr: 'altgr',
  shift: 'shift',
  super: 'super',
  meta: 'super',
}

const KEY =
  /^(?:[0-9a-z]|f(?:[1-9]|1[0-9]|2[0-4])|num(?:[0-9]|dec|add|sub|mult|div)|[!-/:-@[-`{-~]|plus|space|tab|capslock|numlock|scrolllock|backspace|delete|insert|return|enter|up|down|left|right|home|end|pageup|pagedown|escape|esc|volumeup|volumedown|volumemute|media(?:nexttrack|previoustrack|stop|playpause)|printscreen)$/

/** The one form of `accelerator`. Throws the TypeError that Electron throws when it is not one. */
export function normalizeAccelerator(accelerator: string): string {
  const parts = accelerator
    .toLowerCase()
    .split('+')
    .map((part) => part.trim())
  const key = parts.pop() ?? ''
  const modifiers = parts.map((part) => MODIFIERS[part])
  if (!KEY.test(key) || modifiers.includes(undefined)) {
    throw new TypeError(`Error processing argument at index 0, conversion failure from ${accelerator}`)
  }
  return [...new Set(modifiers)].sort().concat(key).join('+')
}
