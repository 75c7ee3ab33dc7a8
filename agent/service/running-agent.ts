/** The agent that runs on this machine, as an installation meets it: asked to go, waited for, looked for. */
import type { Clock } from '../base/clock.ts'
import { isObject } from '../base/parse.ts'
import { ask } from '../cli/local-client.ts'

/** It ends its processes first, for 60 s at most. */
const GONE_WITHIN_MS = 90_000
/** On a machine that has just started, with much to take over. */
const THERE_WITHIN_MS = 30_000
const LOOK_EVERY_MS = 100

export interface RunningAgent {
  answers(): Promise<boolean>
  /** False when none ran. Rejects when it does not go. */
  end(processes: 'leave' | 'stop'): Promise<boolean>
  /** False when none has come in time. */
  comes(withinMs?: number): Promise<boolean>
}

export function runningAgent(port: number, clock: Clock): RunningAgent {
  const answers = async () => {
    try {
      const { body } = await ask(port, 'GET', '/health')
      return isObject(body) && isObject(body.processes)
    } catch {
      return false
    }
  }
  const within = async (limitMs: number, wanted: boolean) => {
    const until = clock.monotonic() + limitMs
    while ((await answers()) !== wanted) {
      if (clock.monotonic() >= until) return false
      await new Promise<void>((resolve) => clock.setTimeout(resolve, LOOK_EVERY_MS))
    }
    return true
  }
  return {
    answers,
    comes: (withinMs = THERE_WITHIN_MS) => within(withinMs, true),
    async end(processes) {
      if (!(await answers())) return false
      const { status } = await ask(port, 'POST', `/api/agent/end?processes=${processes}`)
      if (status !== 200)
        throw new Error(`the agent that runs does not want to end (${status}); end it yourself and try again`)
      if (!(await within(GONE_WITHIN_MS, false))) {
        throw new Error('the agent that runs does not end; see what keeps it with: landale-agent status')
      }
      return true
    },
  }
}
