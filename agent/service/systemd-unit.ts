/**
 * The systemd user unit, as text. A user's unit and no system service: what the agent starts belongs to somebody's session
 * (a screen, a sound server, a home), and an agent of the system's would start it as root or without any of them.
 * Knows nothing of how it is installed; the Debian package holds the same text.
 */

export const UNIT_NAME = 'landale-agent.service'

/** How the unit tells the agent, and whoever looks at it from outside, that systemd starts it again. */
export const SERVICE_MARK = 'LANDALE_AGENT_SERVICE'

/** The processes together have 60 s to end; then the agent goes by itself. */
const STOP_LIMIT_S = 90

/** `command` is the program and its arguments, unquoted; `environment` is set besides. Throws on what no unit can hold. */
export function systemdUnit(command: readonly string[], environment: Readonly<Record<string, string>> = {}): string {
  if (/["'\\]/.test(command[0] ?? '')) {
    throw new Error(
      `systemd starts no program with a quote or a backslash in its path: ${command[0]}; put it elsewhere`,
    )
  }
  const settings = Object.entries({ [SERVICE_MARK]: 'systemd', ...environment })
  return `[Unit]
Description=Landale agent: starts, watches and reports this user's processes
Documentation=man:systemd.unit(5)
# Where there is a desktop, its screen and sound come first.
After=graphical-session.target
StartLimitIntervalSec=300
StartLimitBurst=10

[Service]
Type=exec
ExecStart=${command.map((word, at) => quoteForUnit(word, at === 0 ? 'value' : 'word')).join(' ')}
${settings.map(([name, value]) => `Environment=${quoteForUnit(`${name}=${value}`, 'value')}`).join('\n')}
StandardInput=null
# SIGTERM ends its processes, then itself. SIGHUP ends it alone, with an exit code that has it started again: an upgrade.
Restart=on-failure
RestartSec=2
TimeoutStopSec=${STOP_LIMIT_S}
# What it started outlives an agent that dies, and is taken over by the next. systemd must not end it in between,
# nor the agent for a process that used too much memory.
KillMode=process
OOMPolicy=continue
# All of these hold for the processes too. Nothing here may gain rights by a setuid program. Left out, for what
# is started here needs it: a private /tmp (X11's socket), private users (the group "docker"), namespaces (sandboxes of browsers
# and Flatpak), writable code (everything with a just-in-time compiler), foreign system calls (32-bit games), real time (sound).
NoNewPrivileges=yes
LockPersonality=yes
RestrictSUIDSGID=yes

[Install]
WantedBy=default.target
`
}

/** For machines whose processes need a setuid helper, such as AppImages; beside the unit as a drop-in. */
export const ALLOW_SETUID = `[Service]
NoNewPrivileges=no
LockPersonality=no
RestrictSUIDSGID=no
`

/** One word of ExecStart=; or its first, or of Environment=, where a dollar sign means nothing (`value`). Throws on what no unit can hold. */
export function quoteForUnit(word: string, kind: 'word' | 'value'): string {
  if (/[\n\r\0]/.test(word)) throw new Error(`a systemd unit cannot hold the line break in ${JSON.stringify(word)}`)
  const escaped = word.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('%', '%%')
  const quoted = kind === 'word' ? escaped.replaceAll('$', '$$$$') : escaped
  return /^[\w./:=@+,%$-]+$/.test(quoted) ? quoted : `"${quoted}"`
}
