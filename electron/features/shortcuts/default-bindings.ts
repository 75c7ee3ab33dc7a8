/**
 * The keys a fresh installation has: a scene on each of F1 to F9, the alerts on F10 to F12, all with Control and Shift.
 * Not Control+Alt, which is AltGr on many keyboards and would take brackets and braces away from every other program.
 */

export interface Binding {
  id: string
  accelerator: string
  command: string
  args: Record<string, unknown>
}

const SCENE_KEYS = 9

const scenes: Binding[] = Array.from({ length: SCENE_KEYS }, (_, n) => ({
  id: `scene-${n + 1}`,
  accelerator: `Control+Shift+F${n + 1}`,
  command: 'obs.scene.set-by-number',
  args: { number: n + 1 },
}))

export const DEFAULT_BINDINGS: readonly Binding[] = [
  ...scenes,
  { id: 'alert-skip', accelerator: 'Control+Shift+F10', command: 'alert.skip', args: {} },
  { id: 'alert-pause', accelerator: 'Control+Shift+F11', command: 'alert.pause', args: {} },
  { id: 'alert-resume', accelerator: 'Control+Shift+F12', command: 'alert.resume', args: {} },
]
