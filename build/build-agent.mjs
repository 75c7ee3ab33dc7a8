/** `npm run build:agent`: the agent's executables and installers, into `dist/agent/`. */
import { requireNode } from './stale.mjs'

// Before anything in TypeScript is read: an older Node could not.
requireNode()
const { runBuildAgent } = await import('./agent/build-agent.ts')
try {
  process.exitCode = await runBuildAgent(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
