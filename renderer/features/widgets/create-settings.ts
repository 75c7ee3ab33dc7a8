/**
 * The settings of one widget while they are being changed: what is typed is shown at once, sent as soon as it fits, and no
 * faster than the hub takes it; what does not fit stays where it was typed, with the reason. Owns no form.
 */
import { onCleanup } from 'solid-js'
import { createStore, produce } from 'solid-js/store'
import type { Widget } from '../../../contracts/state/widgets.ts'
import { widgetDefinitions } from '../../../contracts/widgets.ts'
import { createSteadySender } from '../audio/steady-sender.ts'

export interface SettingsDraft {
  /** As they are typed; what is not touched is the hub's. */
  value(name: string): unknown
  fault(name: string): string | undefined
  change(name: string, value: unknown): void
  /** It is left: what does not fit gives way to what holds. */
  leave(name: string): void
  /** What the preview shows: all that fits. */
  fitting(): Record<string, unknown>
}

/** `send`: answers whether the hub has taken it. */
export function createSettings(
  widget: () => Widget,
  send: (settings: Record<string, unknown>) => Promise<boolean>,
): SettingsDraft {
  const [local, setLocal] = createStore<{
    values: Record<string, unknown>
    faults: Record<string, string | undefined>
  }>({
    values: {},
    faults: {},
  })
  let unsent: Record<string, unknown> = {}
  const sender = createSteadySender<null>(async () => {
    const sent = unsent
    unsent = {}
    await send(sent)
    // Taken or refused: from here the hub's word counts, unless it was typed on meanwhile.
    setLocal(
      'values',
      produce((values) => {
        for (const [name, value] of Object.entries(sent)) if (values[name] === value) delete values[name]
      }),
    )
  })
  onCleanup(() => sender.dispose())

  const value = (name: string) => (name in local.values ? local.values[name] : widget().settings[name])
  return {
    value,
    fault: (name) => local.faults[name],
    change(name, next) {
      const shape: Record<string, { safeParse(value: unknown): { success: boolean; error?: FieldError | undefined } }> =
        widgetDefinitions[widget().kind].settings.shape
      const read = shape[name]?.safeParse(next)
      setLocal('values', name, () => next)
      setLocal('faults', name, read?.success ? undefined : (read?.error?.issues[0]?.message ?? 'it does not fit'))
      if (!read?.success) return
      unsent = { ...unsent, [name]: next }
      sender.send(null)
    },
    leave(name) {
      if (local.faults[name] === undefined) return
      setLocal(
        'values',
        produce((values) => void delete values[name]),
      )
      setLocal('faults', name, undefined)
    },
    fitting() {
      const fits = Object.entries(local.values).filter(([name]) => local.faults[name] === undefined)
      return { ...widget().settings, ...Object.fromEntries(fits) }
    },
  }
}

interface FieldError {
  issues: readonly { message: string }[]
}
