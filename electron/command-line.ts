/** What the command line may say, for both entries. */
import { parseArgs } from 'node:util'

export interface CommandLine {
  port: string | undefined
  data: string | undefined
  /** Plays the demo broadcast. */
  demo: boolean
  /** Prints addresses for a person instead of the JSON line for a program. */
  human: boolean
}

/**
 * `strict` refuses unknown words, so that a mistyped flag is not silently ignored; it throws an `Error` worded for the
 * user. Electron's own switches arrive on the same line, so the app can't be strict.
 */
export function readCommandLine(args: readonly string[], strict: boolean): CommandLine {
  const { values } = parseArgs({
    args: [...args],
    strict,
    allowPositionals: !strict,
    options: {
      port: { type: 'string' },
      data: { type: 'string' },
      demo: { type: 'boolean', default: false },
      human: { type: 'boolean', default: false },
    },
  })
  const text = (value: unknown) => (typeof value === 'string' ? value : undefined)
  return { port: text(values.port), data: text(values.data), demo: values.demo === true, human: values.human === true }
}
