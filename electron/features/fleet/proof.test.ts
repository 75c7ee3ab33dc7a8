import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { isSigned, newKeyPair, pairLines, publicKeyOf, sessionLines, signLines } from './proof.ts'

interface Proof {
  name: 'pair' | 'hello' | 'welcome'
  privateKey: string
  publicKey: string
  lines: string
  signature: string
}

const file = join(import.meta.dirname, '../../../agent/vectors/proofs.json')
const { proofs, code, ...session } = JSON.parse(readFileSync(file, 'utf8')) as {
  hub: string
  agent: string
  hubNonce: string
  agentNonce: string
  code: string
  proofs: Proof[]
}

it.each(proofs)('the vector of $name', ({ name, privateKey, publicKey, lines, signature }) => {
  const made = name === 'pair' ? pairLines(session.hub, code, session.hubNonce) : sessionLines(name, session)
  expect(made).toBe(lines)
  expect(publicKeyOf(privateKey)).toBe(publicKey)
  expect(signLines(privateKey, lines)).toBe(signature)
  expect(isSigned(publicKey, lines, signature)).toBe(true)
  expect(isSigned(publicKey, `${lines} `, signature)).toBe(false)
})

it('makes keys of its own, and takes no other for them', () => {
  const [mine, other] = [newKeyPair(), newKeyPair()]
  const signature = signLines(mine.privateKey, 'words')
  expect(mine.publicKey).toHaveLength(43)
  expect(publicKeyOf(mine.privateKey)).toBe(mine.publicKey)
  expect([mine, other].map(({ publicKey }) => isSigned(publicKey, 'words', signature))).toEqual([true, false])
})

it('takes what is no key for a wrong one', () => {
  expect(isSigned('x', 'words', 'y')).toBe(false)
  expect(isSigned('_'.repeat(43), 'words', '_'.repeat(86))).toBe(false)
})
