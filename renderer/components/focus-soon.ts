/** Where the keyboard goes when a form takes the place of the button that opened it, or gives it back. */

/** As a `ref`: focuses the element once it is on the page. */
export function focusSoon(element: HTMLElement): void {
  queueMicrotask(() => element.focus())
}
