/**
 * `npm run doctor`: what this machine can do, in words, or as JSON with `--json`. Ends with 0 when everything that Landale
 * needs is here, 1 when it can't run, 2 when it runs but can't paint the picture. Changes nothing on the machine.
 */
import { requireNode } from './stale.mjs'

// Before anything in TypeScript is read: an older Node could not.
requireNode()
const { runDoctor } = await import('./doctor/doctor.ts')
process.exitCode = await runDoctor(process.argv.slice(2), process.env)
