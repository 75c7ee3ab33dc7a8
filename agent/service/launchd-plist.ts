/** The launchd agent, as text: it lives in the user's session, like the programs it starts. Knows nothing of how it is installed. */
import { SERVICE_MARK } from './systemd-unit.ts'

export const LABEL = 'app.landale.agent'

/** launchd ends it after this long, whatever it does. */
const STOP_LIMIT_S = 90

export interface LaunchdOptions {
  readonly command: readonly string[]
  readonly environment?: Readonly<Record<string, string>>
  /** What it says goes here. */
  readonly log: string
}

export function launchdPlist({ command, environment = {}, log }: LaunchdOptions): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
  <key>Label</key><string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${command.map((word) => `    <string>${escapeXml(word)}</string>`).join('\n')}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
${Object.entries({ [SERVICE_MARK]: 'launchd', ...environment })
  .map(([name, value]) => `    <key>${escapeXml(name)}</key><string>${escapeXml(value)}</string>`)
  .join('\n')}
  </dict>
  <key>RunAtLoad</key><true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key><false/>
  </dict>
  <key>AbandonProcessGroup</key><true/>
  <key>ExitTimeOut</key><integer>${STOP_LIMIT_S}</integer>
  <key>ProcessType</key><string>Interactive</string>
  <key>LimitLoadToSessionType</key><string>Aqua</string>
  <key>StandardOutPath</key><string>${escapeXml(log)}</string>
  <key>StandardErrorPath</key><string>${escapeXml(log)}</string>
</dict>
</plist>
`
}

/** For text and attributes. Throws on control characters, which XML cannot hold. */
export function escapeXml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\0-\x08\x0b\x0c\x0e-\x1f]/.test(text)) throw new Error(`XML cannot hold ${JSON.stringify(text)}`)
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\n', '&#10;')
    .replaceAll('\r', '&#13;')
}
