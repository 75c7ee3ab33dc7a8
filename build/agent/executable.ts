/** The agent inside a copy of a platform's Node: one file, which needs no Node where it runs. */
import { chmodSync, copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Platform } from './platforms.ts'
import { withoutSignature } from './portable-executable.ts'
import { runTool } from './tool.ts'

/** Of the engine's: an agent has little that is young, and nothing to gain from keeping 16 MiB for it. See docs/measurements.md. */
export const ENGINE = ['--max-semi-space-size=1']

/** What Node loads from its own file. The same for every platform, for it holds neither snapshot nor compiled code. */
export async function makeBlob(hostNode: string, bundle: string, folder: string): Promise<string> {
  const blob = join(folder, 'agent.blob')
  const config = join(folder, 'sea.json')
  const words = { main: bundle, output: blob, disableExperimentalSEAWarning: true, execArgv: ENGINE }
  writeFileSync(config, JSON.stringify(words))
  await runTool(hostNode, ['--experimental-sea-config', config], { cwd: folder })
  return blob
}

/** Writes the executable to `target`. */
export async function makeExecutable(platform: Platform, node: string, blob: string, target: string): Promise<void> {
  if (platform.ending === '.exe') writeFileSync(target, withoutSignature(readFileSync(node)))
  else copyFileSync(node, target)
  chmodSync(target, 0o755)
  await runTool(process.execPath, [join(import.meta.dirname, 'inject.ts'), target, blob])
}
