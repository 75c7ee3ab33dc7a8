import { expect, it } from 'vitest'
import * as ws from 'ws'
import { textFrame } from './text-frame.ts'

interface SenderStatics {
  frame(
    data: Buffer,
    options: { fin: boolean; opcode: number; mask: boolean; readOnly: boolean; rsv1: boolean },
  ): Buffer[]
}

it.each([0, 1, 125, 126, 65_535, 65_536, 200_000])('[W1] frames %i bytes as ws does', (length) => {
  const text = 'é'.repeat(Math.floor(length / 2)) + (length % 2 === 1 ? 'x' : '')
  const options = { fin: true, opcode: 1, mask: false, readOnly: true, rsv1: false }
  const parts = (ws as unknown as { Sender: SenderStatics }).Sender.frame(Buffer.from(text), options)
  expect(textFrame(text).equals(Buffer.concat(parts))).toBe(true)
})
