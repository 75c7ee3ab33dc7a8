/** The event object Electron hands to listeners: one that can be prevented. */
export interface PreventableEvent {
  readonly defaultPrevented: boolean
  preventDefault(): void
}

/** Makes an event carrying `extra` fields. */
export function createEvent<T extends object>(extra: T = {} as T): PreventableEvent & T {
  let prevented = false
  const event = {
    preventDefault: () => {
      prevented = true
    },
    get defaultPrevented() {
      return prevented
    },
  }
  return Object.defineProperties(event, Object.getOwnPropertyDescriptors(extra)) as PreventableEvent & T
}
