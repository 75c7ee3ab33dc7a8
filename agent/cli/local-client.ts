/** Speaks to the agent that runs on this machine, by its local surface. */
import { type IncomingMessage, request } from 'node:http'
import { errorCode, errorMessage } from '../base/errors.ts'

const ANSWER_MS = 90_000

export interface LocalAnswer {
  readonly status: number
  readonly body: unknown
}

/** Rejects with words for a person when no agent answers. */
export async function ask(port: number, method: 'GET' | 'POST', path: string): Promise<LocalAnswer> {
  const response = await open(port, method, path)
  let text = ''
  response.setEncoding('utf8')
  for await (const chunk of response) text += chunk
  try {
    return { status: response.statusCode ?? 0, body: JSON.parse(text) }
  } catch {
    throw new Error(`what listens on port ${port} is no Landale agent`)
  }
}

/** Each line as it comes, until the other side or `signal` ends it. */
export async function follow(
  port: number,
  path: string,
  signal: AbortSignal,
  tell: (line: string) => void,
): Promise<void> {
  const response = await open(port, 'GET', path)
  if (response.statusCode !== 200) throw new Error(`the agent answers ${response.statusCode}`)
  signal.addEventListener('abort', () => response.destroy())
  response.setEncoding('utf8')
  let rest = ''
  for await (const chunk of response) {
    const lines = (rest + chunk).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) tell(line)
  }
}

function open(port: number, method: string, path: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const call = request({ host: '127.0.0.1', port, method, path, timeout: ANSWER_MS, agent: false }, resolve)
    call.on('timeout', () => call.destroy(new Error('the agent does not answer')))
    call.on('error', (error) => {
      const refused = errorCode(error) === 'ECONNREFUSED'
      reject(
        new Error(refused ? `no agent runs here (port ${port}); start it with: landale-agent` : errorMessage(error)),
      )
    })
    call.end()
  })
}
