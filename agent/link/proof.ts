/**
 * Who speaks: Ed25519 keys, and the lines that are signed. Keys are kept and sent as their 32 raw bytes in base64url;
 * what Node wants is wrapped around them here and nowhere else.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto'

/** The fixed beginnings of the DER forms, before the 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

export interface KeyPair {
  /** 32 bytes in base64url. Secret. */
  readonly privateKey: string
  readonly publicKey: string
}

export function generateKeys(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'der' }).subarray(PKCS8_PREFIX.length).toString('base64url'),
    publicKey: publicKey.export({ type: 'spki', format: 'der' }).subarray(SPKI_PREFIX.length).toString('base64url'),
  }
}

export function publicKeyOf(privateKey: string): string {
  const der = createPublicKey(toPrivate(privateKey)).export({ type: 'spki', format: 'der' })
  return der.subarray(SPKI_PREFIX.length).toString('base64url')
}

export interface Session {
  readonly hub: string
  readonly agent: string
  readonly hubNonce: string
  readonly agentNonce: string
}

export function pairLines(hub: string, code: string, hubNonce: string): string {
  return ['landale-agent-v1 pair', hub, code, hubNonce].join('\n')
}

/** What the agent signs with `hello`, and the hub with `welcome`. */
export function sessionLines(frame: 'hello' | 'welcome', { hub, agent, hubNonce, agentNonce }: Session): string {
  return [`landale-agent-v1 ${frame}`, hub, agent, hubNonce, agentNonce].join('\n')
}

export function signLines(privateKey: string, lines: string): string {
  return sign(null, Buffer.from(lines), toPrivate(privateKey)).toString('base64url')
}

/** False for a wrong signature and for a key that is none. */
export function verifyLines(publicKey: string, lines: string, signature: string): boolean {
  try {
    const der = Buffer.concat([SPKI_PREFIX, Buffer.from(publicKey, 'base64url')])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(lines), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

function toPrivate(privateKey: string) {
  const der = Buffer.concat([PKCS8_PREFIX, Buffer.from(privateKey, 'base64url')])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}
