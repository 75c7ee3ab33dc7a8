/**
 * Who speaks on the link to the agents: Ed25519 keys, and the lines that are signed. Keys are kept and sent as their 32 raw
 * bytes in base64url; the forms that Node wants are made here and nowhere else.
 */
import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign, verify } from 'node:crypto'

/** What stands before the 32 bytes in their DER forms (RFC 8410). */
const PRIVATE_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const PUBLIC_PREFIX = Buffer.from('302a300506032b6570032100', 'hex')

export interface KeyPair {
  /** 32 bytes in base64url. Secret. */
  readonly privateKey: string
  readonly publicKey: string
}

export function newKeyPair(): KeyPair {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    privateKey: rawOf(privateKey.export({ type: 'pkcs8', format: 'der' }), PRIVATE_PREFIX),
    publicKey: rawOf(publicKey.export({ type: 'spki', format: 'der' }), PUBLIC_PREFIX),
  }
}

/** Throws for a key that is none. */
export function publicKeyOf(privateKey: string): string {
  return rawOf(createPublicKey(privateObject(privateKey)).export({ type: 'spki', format: 'der' }), PUBLIC_PREFIX)
}

/** What both sides of one link know. */
export interface Session {
  readonly hub: string
  readonly agent: string
  readonly hubNonce: string
  readonly agentNonce: string
}

/** What an agent signs to be paired. */
export function pairLines(hub: string, code: string, hubNonce: string): string {
  return ['landale-agent-v1 pair', hub, code, hubNonce].join('\n')
}

/** What an agent signs with `hello`, and the hub with `welcome`. */
export function sessionLines(frame: 'hello' | 'welcome', { hub, agent, hubNonce, agentNonce }: Session): string {
  return [`landale-agent-v1 ${frame}`, hub, agent, hubNonce, agentNonce].join('\n')
}

export function signLines(privateKey: string, lines: string): string {
  return sign(null, Buffer.from(lines), privateObject(privateKey)).toString('base64url')
}

/** False for a wrong signature and for a key that is none. */
export function isSigned(publicKey: string, lines: string, signature: string): boolean {
  try {
    const der = Buffer.concat([PUBLIC_PREFIX, Buffer.from(publicKey, 'base64url')])
    const key = createPublicKey({ key: der, format: 'der', type: 'spki' })
    return verify(null, Buffer.from(lines), key, Buffer.from(signature, 'base64url'))
  } catch {
    return false
  }
}

function privateObject(privateKey: string): KeyObject {
  const der = Buffer.concat([PRIVATE_PREFIX, Buffer.from(privateKey, 'base64url')])
  return createPrivateKey({ key: der, format: 'der', type: 'pkcs8' })
}

function rawOf(der: Buffer, prefix: Buffer): string {
  return der.subarray(prefix.length).toString('base64url')
}
