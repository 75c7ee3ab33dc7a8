/** A game with the plugin, with verbs: connects as BizHawk does and says what the plugin of version 2.2 says. */
import { connect, type Socket } from 'node:net'

interface FakePokemon {
  id: number
  name: string
  level: number
  item?: number
}

/** A message as it travels: the length in bytes, a space, the JSON. */
export function frameOf(message: unknown): Buffer {
  const payload = Buffer.from(typeof message === 'string' ? message : JSON.stringify(message))
  return Buffer.concat([Buffer.from(`${payload.length} `), payload])
}

export class FakeGame {
  readonly #socket: Socket
  #frame = 0
  #closed = false

  private constructor(socket: Socket) {
    this.#socket = socket
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#closed = true
    })
    socket.resume()
  }

  /** Rejects when nobody listens. */
  static connect(port: number): Promise<FakeGame> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('error', reject)
      socket.once('connect', () => {
        socket.off('error', reject)
        resolve(new FakeGame(socket))
      })
    })
  }

  /** Whether the connection has ended, whoever ended it. */
  get isClosed(): boolean {
    return this.#closed
  }

  /** Sends bytes as they are. */
  raw(bytes: Uint8Array | string): this {
    this.#socket.write(bytes)
    return this
  }

  say(type: string, data: object): this {
    this.#frame += 30
    return this.raw(frameOf({ type, data, timestamp: 1_761_868_800, frame: this.#frame }))
  }

  /** As after each start of the tracker and each new run. `game` 3 is FireRed or LeafGreen. */
  start(attempt: number, game: number | string = 3): this {
    return this.say('init', { version: '2.2', tracker_version: '8.8.1', game, features: {} }).say('seed', {
      value: attempt,
      attempt,
    })
  }

  carry(slot: number, pokemon: FakePokemon | null): this {
    if (pokemon === null) return this.say('team_update', { slot })
    const { item = 0, ...rest } = pokemon
    return this.say('team_update', {
      slot,
      pokemon: { ...rest, hp: { current: 20, max: 20 }, status: 0, item, moves: [] },
    })
  }

  walkTo(mapId: number, name: string): this {
    const nobody = { total: 0, undefeated: [] }
    return this.say('location', { mapId, name, trainers: nobody, wildEncounters: [], hasEncounters: false })
  }

  meetTrainer(id: number, fullName: string): this {
    return this.say('battle_started', {
      isWild: false,
      trainerId: id,
      opponent: { id: 95, name: 'Onix', level: 14, hp: { current: 35, max: 35 } },
      knownMoves: [],
      trainer: { id, className: 'LEADER', fullName, partySize: 1, party: [{ species: 95, level: 14 }] },
    })
  }

  win(): this {
    return this.say('battle_ended', { outcome: 'Victory', battleOutcome: 1, playerWon: true, duration: 600 })
  }

  lose(): this {
    return this.say('battle_ended', { outcome: 'Defeat', battleOutcome: 2, playerLost: true, duration: 600 })
  }

  /** Meets and beats a trainer; gym leaders are none of the plugin's checkpoints. */
  beat(id: number, fullName = 'SOMEBODY'): this {
    this.meetTrainer(id, fullName).win()
    return this.say('trainer_defeated', {
      id,
      className: 'LEADER',
      fullName,
      location: { mapId: 5, name: 'Pewter Gym' },
      party: [],
      isCheckpoint: false,
    })
  }

  /** Resolves when the connection has ended on both sides. */
  async leave(): Promise<void> {
    if (this.#closed) return
    const closed = new Promise<void>((resolve) => this.#socket.once('close', () => resolve()))
    this.#socket.end()
    await closed
  }
}
