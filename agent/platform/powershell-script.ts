/**
 * What the one PowerShell that the Windows agent keeps is taught, and how it is asked. PowerShell 5.1 in full and in
 * constrained language (there, methods of the system's own classes are refused; cmdlets, properties and methods of
 * numbers, texts and dates are not). Knows nothing of processes' lives; the answers' meaning is `cim.ts`'s.
 *
 * It is read from standard input as if typed, where a command ends with its line: so each function below becomes one line,
 * statements end with `;`, and a remark has a line of its own.
 */

const SCRIPT = String.raw`
# No progress bars between the answers, and a fault of a cmdlet is one that can be caught.
$ProgressPreference = 'SilentlyContinue'

$ErrorActionPreference = 'Stop'

# Names in any script; refused in constrained language, where they come in the system's code page.
try { [Console]::OutputEncoding = New-Object System.Text.UTF8Encoding $false } catch { }

$ownSession = (Get-Process -Id $PID).SessionId

# A text in JSON. A file name has neither control characters nor quotes; what is no file name is made harmless all the same.
function Plain($text) { '"' + ("$text" -replace '[\x00-\x1f"\\<>]', '?') + '"' }

# A command line may hold anything: the slow way.
function Quoted($text) { ConvertTo-Json -Compress -InputObject "$text" }

# Every answer between two marks, so that a prompt, a warning or a broken line does not matter. It holds no mark itself.
function Answer($number, $work) {
  try { $body = & $work } catch { $body = '{"error":' + (Quoted $_) + '}' };
  "<answer $number>" + $body + '</answer>'
}

# [number, parent, start as a file time, processor time in 100 ns, resident bytes, name]. Without command lines, which
# cost more than all of these together.
function Cim($where) {
  $query = 'SELECT ProcessId, ParentProcessId, Name, CreationDate, KernelModeTime, UserModeTime, WorkingSetSize FROM Win32_Process' + $where;
  $rows = foreach ($p in Get-CimInstance -Query $query -OperationTimeoutSec 20) {
    $start = 0;
    if ($p.CreationDate) { $start = $p.CreationDate.ToFileTimeUtc() };
    '[' + $p.ProcessId + ',' + $p.ParentProcessId + ',"' + $start + '",' + ([uint64]$p.KernelModeTime + [uint64]$p.UserModeTime) + ',' + [uint64]$p.WorkingSetSize + ',' + (Plain $p.Name) + ']'
  };
  '[' + ($rows -join ',') + ']'
}

# The same without the parent, from one call of the system. Another account's process keeps its start to itself.
function Row($p, $all) {
  $start = 0;
  $used = 0;
  if ($all) { try { $start = $p.StartTime.ToFileTimeUtc(); $used = $p.TotalProcessorTime.Ticks } catch { } };
  '[' + $p.Id + ',"' + $start + '",' + $used + ',' + $p.WorkingSet64 + ',' + (Plain $p.ProcessName) + ']'
}

# All there are; those of other sessions (services) by number and name alone, for each refusal costs.
function Look { '[' + ($(foreach ($p in Get-Process) { Row $p ($p.SessionId -eq $ownSession) }) -join ',') + ']' }

# Some of them, in full. Those that are gone are left out.
function Use($ids) { '[' + ($(foreach ($p in Get-Process -Id $ids -ErrorAction SilentlyContinue) { Row $p $true }) -join ',') + ']' }

# Null for a process of another account.
function Line($id) {
  $p = Get-CimInstance -Query "SELECT ProcessId, CommandLine FROM Win32_Process WHERE ProcessId = $id" -OperationTimeoutSec 20;
  if ($p -and $p.CommandLine) { Quoted $p.CommandLine } else { 'null' }
}

# As a click on the cross of its main window; false for one that shows none.
function Close($id) { if ((Get-Process -Id $id).CloseMainWindow()) { 'true' } else { 'false' } }

# Bytes received and sent since the start, by all adapters that lead somewhere.
function Net {
  $in = [long]0;
  $out = [long]0;
  foreach ($n in [System.Net.NetworkInformation.NetworkInterface]::GetAllNetworkInterfaces()) {
    if ("$($n.OperationalStatus)" -eq 'Up' -and @('Loopback', 'Tunnel') -notcontains "$($n.NetworkInterfaceType)") {
      $s = $n.GetIPStatistics();
      $in += $s.BytesReceived;
      $out += $s.BytesSent
    }
  };
  "[$in,$out]"
}

# Tenths of a kelvin, a zone each; many machines have none.
function Heat {
  $zones = foreach ($z in Get-CimInstance -Query 'SELECT HighPrecisionTemperature FROM Win32_PerfFormattedData_Counters_ThermalZoneInformation' -OperationTimeoutSec 20) { [int]$z.HighPrecisionTemperature };
  '[' + ($zones -join ',') + ']'
}

# The letters of the fixed disks.
function Drives {
  $letters = foreach ($d in Get-CimInstance -Query 'SELECT DeviceID FROM Win32_LogicalDisk WHERE DriveType = 3' -OperationTimeoutSec 20) { Plain $d.DeviceID };
  '[' + ($letters -join ',') + ']'
}

# What this PowerShell is and may do.
function Self { '{"version":' + (Quoted $PSVersionTable.PSVersion) + ',"mode":' + (Quoted $ExecutionContext.SessionState.LanguageMode) + '}' }
`

/** One command a line, without remarks. */
export const SCRIPT_LINES: readonly string[] = SCRIPT.split(/\n{2,}/)
  .map((block) =>
    block
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('#'))
      .join(' '),
  )
  .filter((line) => line !== '')

/** Only digits and words of this file are ever put into a question. */
export const QUESTIONS = {
  all: "Cim ''",
  some: (pids: readonly number[]) => `Cim ' WHERE ${pids.map((pid) => `ProcessId = ${digits(pid)}`).join(' OR ')}'`,
  look: 'Look',
  use: (pids: readonly number[]) => `Use ${pids.map(digits).join(', ')}`,
  line: (pid: number) => `Line ${digits(pid)}`,
  close: (pid: number) => `Close ${digits(pid)}`,
  net: 'Net',
  heat: 'Heat',
  drives: 'Drives',
  self: 'Self',
} as const

/** The line that asks, and the marks that its answer comes between. */
export function questionLine(number: number, question: string): string {
  return `Answer ${digits(number)} { ${question} }`
}

export function marks(number: number): readonly [begin: string, end: string] {
  return [`<answer ${digits(number)}>`, '</answer>']
}

function digits(value: number): string {
  return String(Math.max(0, Math.trunc(value) || 0))
}
