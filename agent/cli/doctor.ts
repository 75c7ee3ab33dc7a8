/** `landale-agent doctor`: looks at everything an agent needs, and says what to do about what is missing. Changes nothing. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs'
import { delimiter, isAbsolute, join } from 'node:path'
import { errorMessage } from '../base/errors.ts'
import { faultText, isObject } from '../base/parse.ts'
import type { Definition } from '../definitions/definition.ts'
import { parseDefinitions } from '../definitions/definitions.ts'
import { createPlatform } from '../platform/create-platform.ts'
import type { Service } from '../service/service.ts'
import { loadPairing, type Places, type Settings } from '../settings.ts'
import { AGENT_VERSION } from '../version.ts'
import { ask } from './local-client.ts'

export interface DoctorOptions {
  readonly places: Places
  readonly settings: Settings
  readonly environment: NodeJS.ProcessEnv
  readonly print: (text: string) => void
  readonly service: Pick<Service, 'state'>
}

type Finding = readonly [mark: 'ok' | 'note' | 'bad', text: string]

/** 0 when nothing is wrong; notes are not wrong. */
export async function doctor({ places, settings, environment, print, service }: DoctorOptions): Promise<number> {
  const findings: Finding[] = [
    ['ok', `landale-agent ${AGENT_VERSION}, Node ${process.versions.node}, ${process.platform} ${process.arch}`],
    ['ok', `files in ${places.home}`],
    ...definitionFindings(places, environment),
    ...(await platformFindings()),
    ...linkFindings(places),
    await serviceFinding(service),
    ...(await agentFindings(settings)),
  ]
  for (const [mark, text] of findings) print(`${mark.padEnd(4)}  ${text}`)
  return findings.some(([mark]) => mark === 'bad') ? 1 : 0
}

function definitionFindings(places: Places, environment: NodeJS.ProcessEnv): Finding[] {
  if (!existsSync(places.definitions)) return [['note', `${places.definitions} does not exist: nothing is defined yet`]]
  try {
    const { definitions, faults } = parseDefinitions(readFileSync(places.definitions, 'utf8'), process.platform)
    return [
      ['ok', `${definitions.length} processes defined for this system`],
      ...faults.map(({ path, reason }): Finding => ['bad', `processes.json: ${path} ${reason}`]),
      ...definitions.flatMap((one) => commandFindings(one, environment)),
    ]
  } catch (error) {
    return [['bad', errorMessage(error)]]
  }
}

function commandFindings({ id, command, cwd, env }: Definition, environment: NodeJS.ProcessEnv): Finding[] {
  const findings: Finding[] = []
  if (cwd !== undefined && !existsSync(cwd)) findings.push(['bad', `${id}: the folder "${cwd}" does not exist`])
  const path = env.PATH ?? environment.PATH ?? environment.Path ?? ''
  if (process.platform === 'win32' && /\.(bat|cmd)$/i.test(command)) {
    findings.push([
      'bad',
      `${id}: "${command}" is no program; make cmd.exe its command, and "/c" and the file its args`,
    ])
  } else if (!found(command, path, cwd)) findings.push(['bad', `${id}: there is no command "${command}"`])
  return findings
}

function found(command: string, path: string, cwd: string | undefined): boolean {
  if (isAbsolute(command)) return executable(command)
  if (/[\\/]/.test(command)) return executable(join(cwd ?? process.cwd(), command))
  const endings = process.platform === 'win32' ? ['', '.exe', '.com'] : ['']
  return path.split(delimiter).some((folder) => endings.some((ending) => executable(join(folder, command + ending))))
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

async function platformFindings(): Promise<Finding[]> {
  const platform = createPlatform(process.platform)
  try {
    const table = await platform.table()
    const notes = (await platform.notes()).map((text): Finding => ['note', text])
    if (!table.some(({ pid }) => pid === process.pid)) {
      return [['bad', 'the system’s list of processes does not show this program itself'], ...notes]
    }
    return [['ok', `${table.length} processes can be seen`], ...notes]
  } catch (error) {
    return [['bad', `the system's processes cannot be read: ${errorMessage(error)}`]]
  } finally {
    platform.close()
  }
}

function linkFindings(places: Places): Finding[] {
  const loaded = loadPairing(places)
  if (!loaded.ok) return [['bad', `${faultText(loaded.faults)}; pair this machine again`]]
  if (!loaded.value) return [['note', 'not paired with a hub; run: landale-agent pair <hub> <code>']]
  return [['ok', `paired with ${loaded.value.url}`]]
}

async function serviceFinding(service: Pick<Service, 'state'>): Promise<Finding> {
  const { state, says } = await service.state()
  return [state === 'installed' ? 'ok' : state === 'broken' ? 'bad' : 'note', says]
}

async function agentFindings({ port }: Settings): Promise<Finding[]> {
  try {
    const { body } = await ask(port, 'GET', '/api/health/detailed')
    const link = isObject(body) && isObject(body.link) ? body.link : {}
    const reason = link.reason === undefined ? '' : `: ${link.reason}`
    const good = link.status === 'connected' || link.status === 'unpaired'
    return [
      ['ok', `an agent runs on port ${port}`],
      [good ? 'ok' : 'bad', `its link is ${link.status}${reason}`],
    ]
  } catch (error) {
    return [['note', errorMessage(error)]]
  }
}
