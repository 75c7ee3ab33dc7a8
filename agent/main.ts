#!/usr/bin/env node
/** The program. Without a command it is the agent itself; with one it speaks to the agent that runs, or sets it up. */
import { systemClock } from './base/clock.ts'
import { errorMessage } from './base/errors.ts'
import { runCommand } from './cli/cli.ts'
import { run } from './cli/run.ts'

async function main([command, ...args]: readonly string[]): Promise<void> {
  if (command === undefined || command === 'run') return run(args, process.env)
  process.exitCode = await runCommand(command, args, {
    environment: process.env,
    clock: systemClock,
    print: (text) => void process.stdout.write(`${text}\n`),
    complain: (text) => void process.stderr.write(`${text}\n`),
  })
}

// No `await` out here: in the executable this is a CommonJS module.
main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`landale-agent: ${errorMessage(error)}\n`)
  process.exitCode = 1
})
