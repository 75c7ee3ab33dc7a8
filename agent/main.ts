#!/usr/bin/env node
/** The program. Without a command it is the agent itself; with one it speaks to the agent that runs, or sets it up. */
import { systemClock } from './base/clock.ts'
import { errorMessage } from './base/errors.ts'
import { runCommand } from './cli/cli.ts'
import { run } from './cli/run.ts'

const [command, ...args] = process.argv.slice(2)

/** No `await` outside: the program is shipped as one script of the older kind, which needs less memory. */
async function main(): Promise<void> {
  if (command === undefined || command === 'run') return run(process.env)
  process.exitCode = await runCommand(command, args, {
    environment: process.env,
    clock: systemClock,
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
  })
}

main().catch((error) => {
  process.stderr.write(`landale-agent: ${errorMessage(error)}\n`)
  process.exitCode = 1
})
