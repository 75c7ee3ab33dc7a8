/** Pairs this machine with a hub, once: a code from the dashboard for an identity of its own. */
import type { WebSocket } from 'ws'
import { faultText } from '../base/parse.ts'
import { CLOSE, parseHubFrame, VERSION } from './frames.ts'
import { createSocket, HANDSHAKE_MS, type Pairing } from './link.ts'
import { generateKeys, pairLines, signLines } from './proof.ts'

export interface PairOptions {
  /** `ws://host:port`, `wss://…`, or the dashboard's own `http(s)://` address. */
  readonly url: string
  readonly code: string
  readonly pin?: string
  readonly name: string
  readonly platform: string
  readonly agentVersion: string
}

/** Rejects with an `Error` that says what to do next. */
export async function pair(options: PairOptions): Promise<Pairing> {
  const url = linkUrl(options.url)
  const code = options.code.toUpperCase().replaceAll(/[\s-]/g, '')
  if (!/^[0-9A-HJKMNP-TV-Z]{8}$/.test(code))
    throw new Error(`"${options.code}" is no pairing code; it looks like ABCD-EFGH`)
  const socket = createSocket(url, options.pin)
  try {
    return await exchange(socket, url, code, options)
  } finally {
    socket.terminate()
  }
}

/** The address of the link, from whatever of the hub's addresses a person has at hand. */
export function linkUrl(given: string): string {
  if (!URL.canParse(given)) throw new Error(`"${given}" is no address; it looks like ws://studio:7175`)
  const url = new URL(given)
  const protocols: Record<string, string> = { 'http:': 'ws:', 'https:': 'wss:', 'ws:': 'ws:', 'wss:': 'wss:' }
  const protocol = protocols[url.protocol]
  if (!protocol) throw new Error(`"${given}" must begin with ws:// or wss://`)
  return `${protocol}//${url.host}/agents`
}

function exchange(socket: WebSocket, url: string, code: string, options: PairOptions): Promise<Pairing> {
  const { privateKey, publicKey } = generateKeys()
  return new Promise((resolve, reject) => {
    const fail = (reason: string) => {
      clearTimeout(timer)
      reject(new Error(reason))
    }
    const timer = setTimeout(() => fail(`${url} did not answer in time`), HANDSHAKE_MS)
    socket.on('error', (error) => fail(`${url} cannot be reached: ${error.message}`))
    socket.on('close', (closeCode, reason) => fail(closeText(closeCode, reason.toString())))
    socket.on('message', (data) => {
      const parsed = parseHubFrame(data.toString())
      if (!parsed.ok) return fail(`${url} does not speak the agents' protocol: ${faultText(parsed.faults)}`)
      const frame = parsed.value
      if (frame?.t === 'challenge') {
        if (!frame.versions.includes(VERSION)) return fail(closeText(CLOSE.noCommonVersion, ''))
        const proof = signLines(privateKey, pairLines(frame.hub, code, frame.nonce))
        const { name, platform, agentVersion } = options
        socket.send(JSON.stringify({ t: 'pair', v: VERSION, code, publicKey, proof, name, platform, agentVersion }))
      } else if (frame?.t === 'paired') {
        clearTimeout(timer)
        const { agent, hub, hubKey } = frame
        resolve({ url, agent, hub, hubKey, privateKey, ...(options.pin === undefined ? {} : { pin: options.pin }) })
      }
    })
  })
}

function closeText(code: number, reason: string): string {
  const words = reason === '' ? '' : ` (${reason})`
  if (code === CLOSE.codeRefused) return `the hub does not take this code${words}; make a new one on the dashboard`
  if (code === CLOSE.noCommonVersion)
    return `the hub speaks another version of the protocol${words}; update the older one`
  return `the hub ended the link: ${code}${words}`
}
