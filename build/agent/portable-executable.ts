/** The few fields of a Windows program (PE32+) that packaging touches. Pure; throws on what is no such program. */

/** Of the start of the optional header. */
const CERTIFICATES_AT = 112 + 4 * 8
const CHECKSUM_AT = 64
const PE32_PLUS = 0x20b

/**
 * Without its signature: what is put into a signed program breaks the signature, and Windows thinks less of a broken one than of
 * none. Answers a part of the same memory.
 */
export function withoutSignature(program: Buffer): Buffer {
  const header = optionalHeader(program)
  const at = program.readUInt32LE(header + CERTIFICATES_AT)
  const length = program.readUInt32LE(header + CERTIFICATES_AT + 4)
  if (at === 0 || length === 0) return program
  if (at + length !== program.length) throw new Error('the signature is not at the end of the program')
  program.writeUInt32LE(0, header + CERTIFICATES_AT)
  program.writeUInt32LE(0, header + CERTIFICATES_AT + 4)
  program.writeUInt32LE(0, header + CHECKSUM_AT)
  return program.subarray(0, at)
}

function optionalHeader(program: Buffer): number {
  const pe = program.length > 0x40 && program.toString('latin1', 0, 2) === 'MZ' ? program.readUInt32LE(0x3c) : -1
  const header = pe + 24
  if (pe < 0 || header + CERTIFICATES_AT + 8 > program.length || program.toString('latin1', pe, pe + 4) !== 'PE\0\0') {
    throw new Error('this is no Windows program')
  }
  if (program.readUInt16LE(header) !== PE32_PLUS) throw new Error('this is no 64-bit Windows program')
  return header
}
