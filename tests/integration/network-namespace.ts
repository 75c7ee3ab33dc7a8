/**
 * A network of its own for a process of a test, joined to this machine's by one cable, as another machine would be. Needs
 * Linux, `ip` and the right to make one; says what is missing where it can't.
 */
import { execFileSync } from 'node:child_process'
import { randomInt } from 'node:crypto'

export class NetworkNamespace {
  /** This machine's end, as seen from within. */
  readonly hostAddress: string
  /** The other end. */
  readonly address: string
  readonly #name = `landale-${process.pid}-${randomInt(1e6)}`
  readonly #cable = `ld${randomInt(1e6)}`

  constructor() {
    const network = `10.${200 + randomInt(50)}.${randomInt(256)}`
    this.hostAddress = `${network}.1`
    this.address = `${network}.2`
  }

  /** Why none can be made here; null when one can. */
  static trouble(): string | null {
    try {
      NetworkNamespace.create().dispose()
      return null
    } catch (error) {
      return error instanceof Error ? (error.message.split('\n')[1] ?? error.message) : String(error)
    }
  }

  static create(): NetworkNamespace {
    const made = new NetworkNamespace()
    try {
      made.#build()
      return made
    } catch (error) {
      made.dispose()
      throw error
    }
  }

  #build(): void {
    const [near, far] = [`${this.#cable}a`, `${this.#cable}b`]
    ip('netns', 'add', this.#name)
    ip('link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', this.#name)
    ip('address', 'add', `${this.hostAddress}/30`, 'dev', near)
    ip('link', 'set', near, 'up')
    ip('-n', this.#name, 'address', 'add', `${this.address}/30`, 'dev', far)
    ip('-n', this.#name, 'link', 'set', far, 'up')
    ip('-n', this.#name, 'link', 'set', 'lo', 'up')
    execFileSync('ip', ['netns', 'exec', this.#name, 'true'], { stdio: 'pipe' })
  }

  /** The words that run this program within; the process that is started becomes the program. */
  within(command: string, args: readonly string[]): [command: string, args: string[]] {
    return ['ip', ['netns', 'exec', this.#name, command, ...args]]
  }

  dispose(): void {
    for (const words of [
      ['link', 'delete', `${this.#cable}a`],
      ['netns', 'delete', this.#name],
    ]) {
      try {
        ip(...words)
      } catch {
        // It never came to be.
      }
    }
  }
}

function ip(...args: readonly string[]): void {
  execFileSync('ip', args, { stdio: 'pipe' })
}
