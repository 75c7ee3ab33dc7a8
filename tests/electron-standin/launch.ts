/**
 * What the `electron` executable does: reads its arguments, opens the inspector when asked, runs the preloaded modules and
 * the app's main module, then starts the app. Ends as Electron does on SIGTERM, SIGINT and SIGHUP: by quitting the app.
 */
import { readFileSync, statSync } from 'node:fs'
import inspector from 'node:inspector'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { parseArguments } from './arguments.ts'
import './register.ts'

const VERSIONS = { electron: '45.4.1', chrome: '152.0.0.0' }

const { entry, preloads, wantsInspector, wantsDevTools, switches } = parseArguments(process.argv.slice(2))
Object.assign(process.versions, VERSIONS)
process.argv.splice(1, 1)
const main = mainModule(resolve(entry))
const require = createRequire(main)
// Playwright asks the inspector for `require('electron')`; the inspector's own `require` knows no module hooks.
Object.assign(globalThis, { require })
const { app } = await import('./main/app.ts')
app.locate(appFolder(main))
for (const [name, value] of switches) app.commandLine.appendSwitch(name, value)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => app.quit())

if (wantsInspector) inspector.open(0, '127.0.0.1')
for (const preload of preloads) require(preload)
await import(pathToFileURL(main).href)
await app.start((announcement) => wantsDevTools && process.stderr.write(`${announcement}\n`))

/** A folder stands for the module its package.json names. */
function mainModule(path: string): string {
  if (!statSync(path).isDirectory()) return path
  const manifest: { main?: string } = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8'))
  return join(path, manifest.main ?? 'index.js')
}

/** The nearest folder at or above the main module that has a package.json. */
function appFolder(path: string): string {
  const folder = dirname(path)
  const isApp = statSync(join(folder, 'package.json'), { throwIfNoEntry: false })?.isFile() === true
  return isApp || folder === dirname(folder) ? folder : appFolder(folder)
}
