/** Keys that work while another program has the focus. The app gives them; a headless hub has none. */

export interface GlobalKeys {
  /**
   * Binds `accelerator` (Electron's notation, `CommandOrControl+Shift+1`). False when it is no accelerator or another
   * program holds it. True is no proof that it fires: under Wayland a registered key may stay silent for ever.
   */
  register(accelerator: string, onPress: () => void): boolean
  unregister(accelerator: string): void
  /** Gives every key back. */
  dispose(): void
}
