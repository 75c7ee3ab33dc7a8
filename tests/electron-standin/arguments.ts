/** The command line of the `electron` executable, as far as Playwright, electron-vite and a shell use it. */
export interface LaunchArguments {
  /** The app: a main module, or a folder with a package.json. */
  entry: string
  /** Modules to `require` first (`-r`). */
  preloads: string[]
  wantsInspector: boolean
  wantsDevTools: boolean
  /** Chromium's switches, `--name=value`. */
  switches: [name: string, value: string][]
}

/** Reads everything before and after the app's path alike; what follows `--` is the app's own. */
export function parseArguments(args: string[]): LaunchArguments {
  const parsed: LaunchArguments = {
    entry: '.',
    preloads: [],
    wantsInspector: false,
    wantsDevTools: false,
    switches: [],
  }
  const rest = [...args]
  let entry: string | undefined
  for (let arg = rest.shift(); arg !== undefined && arg !== '--'; arg = rest.shift()) {
    if (arg === '-r' || arg === '--require') parsed.preloads.push(rest.shift() ?? '')
    else if (arg.startsWith('--inspect')) parsed.wantsInspector = true
    else if (arg.startsWith('--remote-debugging-port')) parsed.wantsDevTools = true
    else if (arg.startsWith('--')) parsed.switches.push(splitSwitch(arg))
    else entry ??= arg
  }
  return { ...parsed, entry: entry ?? '.' }
}

function splitSwitch(arg: string): [string, string] {
  const [name = '', ...value] = arg.slice(2).split('=')
  return [name, value.join('=')]
}
