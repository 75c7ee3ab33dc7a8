/**
 * How emotes fall: bodies in a box that is open above, each for its time, then through the floor and gone. Owns the physics
 * and its bounds; knows no page and no clock.
 */
import Matter from 'matter-js'

export interface RainSettings {
  /** px */
  size: number
  gravity: number
  restitution: number
  friction: number
  airFriction: number
  rotation: number
  /** Above the lower edge, px. */
  floor: number
  /** Seconds. */
  lifetime: number
}

export interface Drop {
  readonly id: number
  readonly size: number
  x: number
  y: number
  /** Radians. */
  angle: number
  /** False while it lies still: nothing of it changes. */
  isMoving: boolean
}

interface Falling {
  readonly drop: Drop
  readonly body: Matter.Body
  /** World time, ms. */
  endsAt: number
  /** It falls through everything; gone by then at the latest. */
  goneAt: number | null
}

/** What the physics was made for, ms. */
const STEP_MS = 1000 / 60
/** After a pause the world goes on; it does not catch up. */
const STEPS_MAX = 3
/** Through the floor and out of sight. */
const GO_MS = 3000
const WALL_PX = 240
/** Nobody sees that they are not round, and they cost a fifth of what circles do. */
const SIDES = 8
/** px a step. */
const SPIN = 0.3

export class RainWorld {
  readonly #width: number
  readonly #height: number
  readonly #random: () => number
  readonly #engine = Matter.Engine.create({ enableSleeping: true, positionIterations: 4, velocityIterations: 3 })
  readonly #falling = new Map<number, Falling>()
  #floor: Matter.Body | undefined
  #settings: RainSettings
  #now = 0
  #owedMs = 0
  #ids = 0

  constructor(size: { width: number; height: number }, settings: RainSettings, random: () => number) {
    this.#width = size.width
    this.#height = size.height
    this.#random = random
    this.#settings = settings
    const { width, height } = size
    const wall = (x: number) => Matter.Bodies.rectangle(x, 0, WALL_PX, height * 4, { isStatic: true, friction: 0 })
    Matter.Composite.add(this.#engine.world, [wall(-WALL_PX / 2), wall(width + WALL_PX / 2)])
    this.configure(settings)
  }

  get size(): number {
    return this.#falling.size
  }

  /** Whether anything moves. */
  get isMoving(): boolean {
    for (const { body } of this.#falling.values()) if (!body.isSleeping) return true
    return false
  }

  /** When the next one goes, in ms from now; null when none is there. */
  get nextEndMs(): number | null {
    let next = Number.POSITIVE_INFINITY
    for (const { endsAt, goneAt } of this.#falling.values()) next = Math.min(next, goneAt ?? endsAt)
    return Number.isFinite(next) ? Math.max(0, next - this.#now) : null
  }

  /** Of all that fall from now on; of those in the box all but the size and the lifetime. */
  configure(settings: RainSettings): void {
    const before = this.#settings
    this.#settings = settings
    this.#engine.gravity.y = settings.gravity
    for (const { body } of this.#falling.values()) {
      body.restitution = settings.restitution
      body.friction = settings.friction
      body.frictionAir = settings.airFriction
    }
    if (!this.#floor || before.floor !== settings.floor) this.#layFloor(settings.floor)
    this.#wake()
  }

  add(): Drop {
    const { size, restitution, friction, airFriction, rotation, lifetime } = this.#settings
    const radius = size / 2
    const x = radius + this.#random() * (this.#width - size)
    const body = Matter.Bodies.polygon(x, -size, SIDES, radius, { restitution, friction, frictionAir: airFriction })
    Matter.Body.setAngularVelocity(body, (this.#random() * 2 - 1) * rotation * SPIN)
    Matter.Composite.add(this.#engine.world, body)
    const drop: Drop = { id: ++this.#ids, size, x, y: -size, angle: 0, isMoving: true }
    this.#falling.set(drop.id, { drop, body, endsAt: this.#now + lifetime * 1000, goneAt: null })
    return drop
  }

  /** Time passes; answers those that are gone. `ms`: since the last call. */
  pass(ms: number): Drop[] {
    this.#owedMs = Math.min(this.#owedMs + ms, STEPS_MAX * STEP_MS)
    const isStill = !this.isMoving
    // Lifetimes run on while nothing moves.
    if (isStill) {
      this.#now += ms
      this.#owedMs = 0
    }
    while (this.#owedMs >= STEP_MS) {
      Matter.Engine.update(this.#engine, STEP_MS)
      this.#now += STEP_MS
      this.#owedMs -= STEP_MS
    }
    const gone: Drop[] = []
    for (const falling of this.#falling.values()) {
      const { drop, body } = falling
      drop.x = body.position.x
      drop.y = body.position.y
      drop.angle = body.angle
      drop.isMoving = !body.isSleeping
      if (falling.goneAt === null && this.#now >= falling.endsAt) this.#letGo(falling)
      const isOut = drop.y - drop.size > this.#height
      if (isOut || (falling.goneAt !== null && this.#now >= falling.goneAt)) gone.push(this.#remove(falling))
    }
    return gone
  }

  /** All fall through the floor now. */
  clear(): void {
    for (const falling of this.#falling.values()) if (falling.goneAt === null) this.#letGo(falling)
  }

  dispose(): void {
    this.#falling.clear()
    Matter.Composite.clear(this.#engine.world, false)
    Matter.Engine.clear(this.#engine)
  }

  #layFloor(above: number): void {
    if (this.#floor) Matter.Composite.remove(this.#engine.world, this.#floor)
    const y = this.#height - above + WALL_PX / 2
    this.#floor = Matter.Bodies.rectangle(this.#width / 2, y, this.#width * 2, WALL_PX, { isStatic: true })
    Matter.Composite.add(this.#engine.world, this.#floor)
  }

  #letGo(falling: Falling): void {
    falling.goneAt = this.#now + GO_MS
    const { body } = falling
    body.collisionFilter = { group: 0, category: 0, mask: 0 }
    Matter.Sleeping.set(body, false)
    // Who lay on it has nothing under it now; the physics would let it sleep in the air.
    for (const other of this.#falling.values()) {
      const near = Math.hypot(other.body.position.x - body.position.x, other.body.position.y - body.position.y)
      if (near < falling.drop.size + other.drop.size) Matter.Sleeping.set(other.body, false)
    }
  }

  #wake(): void {
    for (const { body } of this.#falling.values()) Matter.Sleeping.set(body, false)
  }

  #remove({ drop, body }: Falling): Drop {
    Matter.Composite.remove(this.#engine.world, body)
    this.#falling.delete(drop.id)
    return drop
  }
}
