/** Sends commands for one region of the screen and keeps what went wrong there, so that the words stand by the control. */
import { type Accessor, createSignal } from 'solid-js'
import type { CommandArgs, CommandName, CommandResult } from '../../contracts/commands.ts'
import { useDashboard } from './dashboard.tsx'

export interface Commander {
  /** The result, or undefined when it was rejected; `problem` then says why. Never throws. */
  run<N extends CommandName>(name: N, args: CommandArgs<N>): Promise<CommandResult<N> | undefined>
  /** The command that waits for its answer. */
  pending: Accessor<CommandName | null>
  problem: Accessor<string | null>
  clear(): void
}

export function createCommand(): Commander {
  const { hub } = useDashboard()
  const [pending, setPending] = createSignal<CommandName | null>(null)
  const [problem, setProblem] = createSignal<string | null>(null)
  return {
    pending,
    problem,
    clear: () => setProblem(null),
    async run(name, args) {
      setPending(() => name)
      setProblem(null)
      const answer = await hub.command(name, args)
      // Another one that was asked for meanwhile still waits.
      setPending((waiting) => (waiting === name ? null : waiting))
      if (answer.status === 'committed') return answer.result
      setProblem(sentence(answer.error.message))
      return undefined
    },
  }
}

/** Rejections are written for logs and pages alike; on the page they begin with a capital. */
function sentence(message: string): string {
  return message.charAt(0).toUpperCase() + message.slice(1)
}
