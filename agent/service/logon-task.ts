/**
 * The Windows logon task, as text. A task of the user's and no service: services live in a session without a screen, and an OBS
 * started from there is seen by nobody. Knows nothing of how it is installed.
 */
import { escapeXml } from './launchd-plist.ts'

export const TASK_NAME = 'Landale Agent'
/** Windows restarts a task that it could not start, but calls one that died finished; this one looks whether it did. */
export const REVIVAL_TASK_NAME = 'Landale Agent Revival'

export interface TaskOptions {
  /** `DOMAIN\name`; the task runs for this account alone, with no more rights than it has at its desk. */
  readonly user: string
  readonly program: string
  readonly args: readonly string[]
  readonly folder: string
  /** Also every so many minutes from logon on; not while it runs. */
  readonly everyMinutes?: number
}

/** To be stored as UTF-16 with a byte order mark: `schtasks` takes umlauts in no other way. */
export function logonTaskXml({ user, program, args, folder, everyMinutes }: TaskOptions): string {
  const repetition =
    everyMinutes === undefined
      ? ''
      : `
      <Repetition>
        <Interval>PT${everyMinutes}M</Interval>
        <StopAtDurationEnd>false</StopAtDurationEnd>
      </Repetition>`
  return `<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Starts, watches and reports the processes of this machine for Landale.</Description>
  </RegistrationInfo>
  <Triggers>
    <LogonTrigger>${repetition}
      <Enabled>true</Enabled>
      <UserId>${escapeXml(user)}</UserId>
    </LogonTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <UserId>${escapeXml(user)}</UserId>
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
    <AllowHardTerminate>true</AllowHardTerminate>
    <StartWhenAvailable>true</StartWhenAvailable>
    <RunOnlyIfNetworkAvailable>false</RunOnlyIfNetworkAvailable>
    <AllowStartOnDemand>true</AllowStartOnDemand>
    <Enabled>true</Enabled>
    <Hidden>false</Hidden>
    <RunOnlyIfIdle>false</RunOnlyIfIdle>
    <WakeToRun>false</WakeToRun>
    <ExecutionTimeLimit>PT0S</ExecutionTimeLimit>
    <Priority>5</Priority>
    <RestartOnFailure>
      <Interval>PT1M</Interval>
      <Count>255</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>${escapeXml(program)}</Command>
      <Arguments>${escapeXml(args.map(quoteForWindows).join(' '))}</Arguments>
      <WorkingDirectory>${escapeXml(folder)}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
`
}

/** As `schtasks` wants to read it. */
export function asTaskFile(xml: string): Buffer {
  return Buffer.from(`\uFEFF${xml}`, 'utf16le')
}

/** One argument of a command line, by the rules by which Windows programs take them apart again. */
export function quoteForWindows(word: string): string {
  if (word !== '' && !/[\s"]/.test(word)) return word
  return `"${word.replaceAll(/(\\*)"/g, '$1$1\\"').replace(/(\\+)$/, '$1$1')}"`
}
