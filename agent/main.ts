#!/usr/bin/env node
/** The program. Without a command it is the agent itself; with one it speaks to the agent that runs, or sets it up. */
import { systemClock } from './base/clock.ts'
import { errorMessage } from './base/errors.ts'
import { runCommand } from './cli/cli.ts'
import { run } from './cli/run.ts'

const [command, ...args] = process.argv.slice(2)

try {
  if (command === undefined || command === 'run') await run(process.env)
  else {
    process.exitCode = await runCommand(command, args, {
      environment: process.env,
      clock: systemClock,
      print: (text) => void process.stdout.write(`${text}\n`),
      complain: (text) => void process.stderr.write(`${text}\n`),
    })
  }
} catch (error) {
  process.stderr.write(`landale-agent: ${errorMessage(error)}\n`)
  process.exitCode = 1
}
