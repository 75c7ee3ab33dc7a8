/** Chromium's switches for the whole app that painting needs; to be set before the app is ready. */
export const PAINTING_SWITCHES: readonly (readonly [name: string, value?: string])[] = [
  // A window that nobody sees paints the picture; its renderers must not be put behind those that somebody sees.
  ['disable-renderer-backgrounding'],
  // Of each address a process: a layer that hangs must not take those from other ports of this machine with it.
  ['enable-features', 'OriginKeyedProcessesByDefault'],
  // Viewers get the colours of the page, whatever display is connected here.
  ['force-color-profile', 'srgb'],
]
