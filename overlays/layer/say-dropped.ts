/** Says in the page's console why something is not drawn; viewers see nothing of it. */
export function sayDropped(reason: string): void {
  // biome-ignore lint/suspicious/noConsole: it is where somebody looks who misses something in the picture
  console.warn(reason)
}
