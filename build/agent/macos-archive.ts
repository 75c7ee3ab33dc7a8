/** The macOS archive: the program, a script that signs and installs it, the plist to look at, examples and licences. */
import { chmodSync, copyFileSync, cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { LABEL, launchdPlist } from '../../agent/service/launchd-plist.ts'
import { runTool } from './tool.ts'

export interface MacosArchiveOptions {
  readonly version: string
  readonly program: string
  readonly licences: string
  readonly examples: string
  /** An empty folder to work in. */
  readonly folder: string
  readonly target: string
}

/** Needs `tar`. */
export async function makeMacosArchive(options: MacosArchiveOptions): Promise<void> {
  const { version, program, licences, examples, folder, target } = options
  const name = `landale-agent-${version}`
  const tree = join(folder, name)
  mkdirSync(tree, { recursive: true })
  const put = (file: string, from: string, mode: number) => {
    copyFileSync(from, join(tree, file))
    chmodSync(join(tree, file), mode)
  }
  put('landale-agent', program, 0o755)
  put('install.sh', join(import.meta.dirname, 'macos', 'install.sh'), 0o755)
  cpSync(examples, join(tree, 'examples'), { recursive: true })
  writeFileSync(join(tree, 'LICENCES.txt'), licences)
  // What "landale-agent install" writes, with the paths of nobody: to be read before one lets it.
  const plist = launchdPlist({
    command: ['/Users/you/.local/bin/landale-agent'],
    log: '/Users/you/Library/Logs/landale-agent.log',
  })
  writeFileSync(join(tree, `${LABEL}.plist`), plist)
  await runTool('tar', ['-czf', target, '-C', folder, name])
}
