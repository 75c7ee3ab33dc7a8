/** The addresses of one output: read when it is chosen, read anew when it is another, renewed when asked. */
import { type Accessor, createEffect, createSignal, on, onCleanup } from 'solid-js'
import type { CommandResult } from '../../../contracts/commands.ts'
import { type Commander, createCommand } from '../../state/create-command.ts'
import { useDashboard } from '../../state/dashboard.tsx'

type Addresses = CommandResult<'overlay.url.get'>

export interface OutputAddresses {
  /** Null while they are not known; `command` says why where they were refused. */
  now: Accessor<Addresses | null>
  read(): Promise<boolean>
  renew(): Promise<boolean>
  command: Commander
}

export function createAddresses(output: Accessor<string | undefined>): OutputAddresses {
  const { online } = useDashboard()
  const command = createCommand()
  const [now, setNow] = createSignal<Addresses | null>(null)
  /** An answer for an output that was chosen before is no more wanted. */
  let asked = 0
  onCleanup(() => {
    asked += 1
  })

  async function ask(name: 'overlay.url.get' | 'overlay.url.renew', of: string): Promise<boolean> {
    asked += 1
    const mine = asked
    const result = await command.run(name, { output: of })
    if (result && mine === asked) setNow(result)
    return result !== undefined
  }

  async function askNow(name: 'overlay.url.get' | 'overlay.url.renew'): Promise<boolean> {
    const of = output()
    return of !== undefined && (await ask(name, of))
  }

  createEffect(
    on([output, online], ([of, isOnline], before) => {
      if (of !== before?.[0]) setNow(null)
      if (of !== undefined && isOnline && now() === null) void ask('overlay.url.get', of)
    }),
  )
  return {
    now,
    command,
    read: () => askNow('overlay.url.get'),
    renew: () => askNow('overlay.url.renew'),
  }
}
