/** Whether the hub's ports are free, and whether OBS answers where the settings say it is. */
import { createServer } from 'node:net'
import { WebSocket } from 'ws'
import { errorMessage } from '../../base/result.ts'
import type { ObsConfig } from '../../electron/connections/obs/config.ts'
import type { HubConfig } from '../../electron/hub-config.ts'
import { bad, type Finding, good, poor } from './finding.ts'

const ANSWER_DEADLINE_MS = 3000

export async function examinePorts({ port, bind, picture }: HubConfig): Promise<Finding[]> {
  const hub = await problemOf(port, bind)
  const findings: Finding[] = []
  if (port === 0) findings.push(good('port', 'The port is any that is free.'))
  else if (hub === null) findings.push(good('port', `Port ${port} is free.`))
  else if (await isLandale(port)) findings.push(good('port', `Port ${port} is in use by Landale, which runs now.`))
  else findings.push(bad('port', `Port ${port} can not be had: ${hub}.`, 'End what has it, or set LANDALE_PORT.'))

  const picturePort = picture.port ?? (port === 0 ? 0 : port + 1)
  const problem = await problemOf(picturePort, bind)
  if (picturePort === 0) findings.push(good('picture-port', 'The port for the picture is any that is free.'))
  else if (problem === null) findings.push(good('picture-port', `Port ${picturePort}, for the picture, is free.`))
  else if (hub !== null && (await isLandale(port))) {
    findings.push(
      good('picture-port', `Port ${picturePort}, for the picture, is in use, by the running Landale it seems.`),
    )
  } else {
    const advice = picture.port === undefined ? 'A free one is taken instead.' : 'Set LANDALE_PICTURE_PORT to another.'
    findings.push(poor('picture-port', `Port ${picturePort}, for the picture, can not be had: ${problem}.`, advice))
  }
  return findings
}

/** Null when it can be listened on. */
function problemOf(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => resolve(wordsFor(error)))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)))
  })
}

function wordsFor(error: NodeJS.ErrnoException): string {
  if (error.code === 'EADDRINUSE') return 'another program has it'
  if (error.code === 'EACCES') return 'your user may not open it'
  return error.message
}

async function isLandale(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, { signal: AbortSignal.timeout(ANSWER_DEADLINE_MS) })
    return ((await answer.json()) as { status?: string }).status === 'ok'
  } catch {
    return false
  }
}

/** Only that OBS says hello: nothing is asked of it, and no password sent. */
export async function examineObs({ enabled, url }: Pick<ObsConfig, 'enabled' | 'url'>): Promise<Finding> {
  if (!enabled) return poor('obs', 'OBS is switched off in the settings.')
  const problem = await greetingProblem(url)
  if (problem === null) return good('obs', `OBS answers at ${url}.`)
  const advice =
    'Start OBS and switch on Tools > WebSocket Server Settings; Landale connects by itself as soon as it is there.'
  return poor('obs', `OBS does not answer at ${url}: ${problem}.`, advice)
}

function greetingProblem(url: string): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url, 'obswebsocket.json', { handshakeTimeout: ANSWER_DEADLINE_MS })
    const end = (problem: string | null) => {
      clearTimeout(timer)
      resolve(problem)
      socket.terminate()
    }
    const timer = setTimeout(() => end('it took too long'), ANSWER_DEADLINE_MS)
    socket.on('error', (error) => end(errorMessage(error)))
    socket.on('message', (data) => end(isHello(String(data)) ? null : 'something else answers there'))
  })
}

/** The first message of obs-websocket has `op` 0. */
function isHello(text: string): boolean {
  try {
    return (JSON.parse(text) as { op?: unknown }).op === 0
  } catch {
    return false
  }
}
