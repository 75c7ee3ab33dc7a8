/**
 * What Electron's IPC carries by the structured clone algorithm, as text. Self-contained on purpose: its source also runs
 * inside Chromium, so it may refer to nothing outside itself.
 */
export interface Codec {
  encode(value: unknown): string
  decode(text: string): unknown
}

export function createCodec(): Codec {
  const TAG = '$standin'

  function toBase64(bytes: Uint8Array): string {
    let binary = ''
    for (const byte of bytes) binary += String.fromCharCode(byte)
    return btoa(binary)
  }

  function fromBase64(text: string): Uint8Array<ArrayBuffer> {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0))
  }

  function tagged(type: string, value?: unknown): object {
    return { [TAG]: type, value }
  }

  function packNumber(value: number): unknown {
    const plain = Number.isFinite(value) && !Object.is(value, -0)
    return plain ? value : tagged('number', Object.is(value, -0) ? '-0' : String(value))
  }

  function packObject(value: object, parents: object[]): unknown {
    if (parents.includes(value)) throw new Error('the Electron stand-in cannot send circular structures')
    const inside = [...parents, value]
    const each = (item: unknown) => pack(item, inside)
    if (Array.isArray(value)) return value.map(each)
    if (value instanceof Date) return tagged('date', value.getTime())
    if (value instanceof Map) return tagged('map', [...value].map(each))
    if (value instanceof Set) return tagged('set', [...value].map(each))
    if (value instanceof Error) return tagged('error', [value.name, value.message, value.stack])
    if (value instanceof ArrayBuffer) return tagged('buffer', toBase64(new Uint8Array(value)))
    if (ArrayBuffer.isView(value)) {
      return tagged('bytes', toBase64(new Uint8Array(value.buffer, value.byteOffset, value.byteLength)))
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, each(item)]))
  }

  function pack(value: unknown, parents: object[]): unknown {
    if (value === undefined) return tagged('undefined')
    if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
    if (typeof value === 'number') return packNumber(value)
    if (typeof value === 'bigint') return tagged('bigint', String(value))
    if (typeof value === 'object') return packObject(value, parents)
    throw new Error('An object could not be cloned.')
  }

  function unpackError([name, message, stack]: string[]): Error {
    const error = new Error(message)
    error.name = name ?? 'Error'
    if (stack) error.stack = stack
    return error
  }

  const unpackers: Record<string, (value: never) => unknown> = {
    undefined: () => undefined,
    number: (value: string) => Number(value),
    bigint: (value: string) => BigInt(value),
    date: (value: number) => new Date(value),
    map: (value: unknown[]) => new Map(value.map(unpack) as [unknown, unknown][]),
    set: (value: unknown[]) => new Set(value.map(unpack)),
    error: unpackError,
    buffer: (value: string) => fromBase64(value).buffer,
    bytes: fromBase64,
  }

  function unpack(value: unknown): unknown {
    if (value === null || typeof value !== 'object') return value
    if (Array.isArray(value)) return value.map(unpack)
    if (TAG in value) {
      const unpacker = unpackers[String(value[TAG])]
      if (!unpacker) throw new Error(`the Electron stand-in does not know how to read a ${String(value[TAG])}`)
      return unpacker(('value' in value ? value.value : undefined) as never)
    }
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unpack(item)]))
  }

  return {
    encode: (value) => JSON.stringify(pack(value, [])),
    decode: (text) => unpack(JSON.parse(text)),
  }
}
