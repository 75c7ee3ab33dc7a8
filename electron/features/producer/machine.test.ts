import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ContentLayer, contentLayers, standingContentTypes } from '../../../contracts/content.ts'
import type { Show } from '../../../contracts/show.ts'
import { DEFAULT_SHOWS } from './default-shows.ts'
import {
  ITEMS_MAX,
  type ItemDraft,
  type MachineCommand,
  type MachineFact,
  type MachineState,
  newMachine,
  nextDue,
  roundOf,
  standingOn,
  step,
} from './machine.ts'

const T0 = 1_767_225_600_000
const TURN_MS = 15_000
const FOUR = ['emote-stats', 'recent-follows', 'stream-goals', 'daily-stats'] as const

function message(id: string, parts: Partial<Omit<ItemDraft, 'id' | 'content'>> = {}): MachineCommand {
  const content = { type: 'message', title: null, message: id, level: 'info' } as const
  return { kind: 'put', item: { id, layer: 'foreground', priority: 50, durationMs: 10_000, ...parts, content } }
}

function board(id: string, months = 1): MachineCommand {
  const place = { id, layer: 'midground', priority: 50, durationMs: 300_000 } as const
  return { kind: 'board', boarding: { ...place, user_name: id, tier: '1000', months } }
}

/** The machine with a clock in its hand: time moves only here, and everything happens exactly when it is due. */
class Bench {
  state: MachineState
  now = T0
  readonly facts: MachineFact[] = []

  constructor(shows: readonly Show[] = DEFAULT_SHOWS, available: MachineState['available'] = FOUR) {
    this.state = newMachine(shows, T0)
    this.do({ kind: 'available', types: available })
  }

  do(command: MachineCommand): MachineFact[] {
    const { state, facts } = step(this.state, command, this.now)
    this.state = state
    this.facts.push(...facts)
    return facts
  }

  advance(ms: number): void {
    const target = this.now + ms
    for (;;) {
      const due = nextDue(this.state)
      if (due === null || due > target) break
      this.now = due
      this.do({ kind: 'tick' })
    }
    this.now = target
  }

  on(layer: ContentLayer): string | undefined {
    return standingOn(this.state, layer)?.id
  }

  get ticker(): string | undefined {
    return standingOn(this.state, 'background')?.content.type
  }
}

describe('content on layers', () => {
  it('gives a layer to the highest priority, and of equals to the newest', () => {
    const bench = new Bench()
    bench.do(message('low', { priority: 10 }))
    bench.do(message('high'))
    bench.do(message('newest'))
    bench.do(message('elsewhere', { layer: 'midground', priority: 100 }))
    expect(bench.on('foreground')).toBe('newest')
    bench.do({ kind: 'remove', id: 'newest' })
    expect(bench.on('foreground')).toBe('high')
    bench.do({ kind: 'remove', id: 'high' })
    expect(bench.on('foreground')).toBe('low')
    expect(bench.on('midground')).toBe('elsewhere')
  })

  it('lets the time of the one that is covered run on', () => {
    const bench = new Bench()
    bench.do(message('covered', { durationMs: 5000 }))
    bench.do(message('cover', { priority: 100, durationMs: 8000 }))
    bench.advance(7999)
    expect(bench.on('foreground')).toBe('cover')
    bench.advance(1)
    expect(bench.on('foreground')).toBeUndefined()
  })

  it('takes one id once, and gives a standing content that is there already more time', () => {
    const bench = new Bench()
    bench.do(message('a', { durationMs: 1000 }))
    bench.advance(500)
    bench.do(message('a', { durationMs: 1000 }))
    bench.advance(500)
    expect(bench.on('foreground')).toBeUndefined()
    const goals = { layer: 'midground', priority: 20, durationMs: 1000, content: { type: 'stream-goals' } } as const
    bench.do({ kind: 'put', item: { id: 'first', ...goals } })
    bench.advance(900)
    bench.do({ kind: 'put', item: { id: 'second', ...goals } })
    bench.advance(999)
    expect(bench.on('midground')).toBe('first')
    bench.advance(1)
    expect(bench.on('midground')).toBeUndefined()
  })

  it('passes over what has nothing to say', () => {
    const bench = new Bench(DEFAULT_SHOWS, ['daily-stats'])
    const goals = { layer: 'foreground', priority: 90, durationMs: 5000, content: { type: 'stream-goals' } } as const
    bench.do({ kind: 'put', item: { id: 'goals', ...goals } })
    bench.do(message('said'))
    expect(bench.on('foreground')).toBe('said')
    bench.do({ kind: 'available', types: ['daily-stats', 'stream-goals'] })
    expect(bench.on('foreground')).toBe('goals')
  })

  it('drops the oldest of the lowest priority when there are too many', () => {
    const bench = new Bench()
    bench.do(message('first', { priority: 20 }))
    for (let n = 0; n < ITEMS_MAX; n++) bench.do(message(`high-${n}`))
    expect(bench.state.items).toHaveLength(ITEMS_MAX)
    expect(bench.state.items.some(({ id }) => id === 'first')).toBe(false)
    bench.do(message('one more'))
    expect(bench.state.items[0]?.id).toBe('high-1')
  })
})

describe('sub train', () => {
  it('grows and starts its time anew with each subscription, and begins again when it was over', () => {
    const bench = new Bench()
    bench.do(board('Mira'))
    bench.advance(299_999)
    bench.do(board('Otto', 12))
    expect(standingOn(bench.state, 'midground')).toMatchObject({
      id: 'Mira',
      startedAt: T0,
      endsAt: bench.now + 300_000,
      content: { count: 2, user_name: 'Mira', latest_user_name: 'Otto', total_months: 13 },
    })
    bench.advance(300_000)
    expect(bench.on('midground')).toBeUndefined()
    bench.do(board('Ida'))
    expect(standingOn(bench.state, 'midground')).toMatchObject({ content: { count: 1, user_name: 'Ida' } })
  })
})

describe('ticker', () => {
  it('turns after its time, each as often as its weight says', () => {
    const bench = new Bench()
    const seen = FOUR.map(() => {
      const type = bench.ticker
      bench.advance(TURN_MS)
      return type
    })
    expect(seen).toEqual(FOUR)
    expect(bench.ticker).toBe('emote-stats')
    const ticker = [
      { type: 'emote-stats', weight: 3 },
      { type: 'daily-stats', weight: 1 },
    ] as const
    const weighted = DEFAULT_SHOWS.map((show) => ({ ...show, ticker: [...ticker] }))
    expect(roundOf({ ...bench.state, shows: weighted }).map(({ type }) => type)).toEqual([
      'emote-stats',
      'emote-stats',
      'daily-stats',
      'emote-stats',
    ])
  })

  it('turns through words of the streamer’s own too, each its whole turn', () => {
    const bench = new Bench()
    const message = (text: string) => ({ type: 'message', title: null, message: text, weight: 1 }) as const
    const ticker = [message('one'), { type: 'daily-stats', weight: 1 } as const, message('two')]
    bench.do({ kind: 'shows', shows: DEFAULT_SHOWS.map((show) => ({ ...show, ticker })) })
    const words = () => {
      const content = standingOn(bench.state, 'background')?.content
      return content?.type === 'message' && 'message' in content ? content.message : content?.type
    }
    const first = words()
    const seen = [first]
    for (let turn = 0; turn < 3; turn++) {
      bench.advance(TURN_MS)
      seen.push(words())
    }
    expect(seen.slice(0, 3).sort()).toEqual(['daily-stats', 'one', 'two'])
    expect(seen[3]).toBe(first)
    // Nothing else has anything to say: words still do, and alone they stay.
    bench.do({ kind: 'available', types: [] })
    expect(['one', 'two']).toContain(words())
    bench.do({ kind: 'shows', shows: DEFAULT_SHOWS.map((show) => ({ ...show, ticker: [message('two')] })) })
    expect([words(), nextDue(bench.state)]).toEqual(['two', null])
  })

  it('stands still while an alert is on screen, and goes on with the rest of its turn', () => {
    const bench = new Bench()
    bench.advance(5000)
    bench.do({ kind: 'alert', isShowing: true })
    expect(standingOn(bench.state, 'background')).toMatchObject({ endsAt: null })
    bench.advance(60_000)
    expect(bench.ticker).toBe('emote-stats')
    bench.do({ kind: 'alert', isShowing: false })
    bench.advance(9999)
    expect(bench.ticker).toBe('emote-stats')
    bench.advance(1)
    expect(bench.ticker).toBe('recent-follows')
  })

  it('leaves out what has nothing to say, and stays where nothing else would follow', () => {
    const bench = new Bench(DEFAULT_SHOWS, ['recent-follows', 'daily-stats'])
    expect(bench.ticker).toBe('recent-follows')
    bench.advance(TURN_MS)
    expect(bench.ticker).toBe('daily-stats')
    bench.do({ kind: 'available', types: ['daily-stats'] })
    const id = bench.on('background')
    bench.advance(10 * TURN_MS)
    expect(bench.on('background')).toBe(id)
    expect(nextDue(bench.state)).toBeNull()
    bench.do({ kind: 'available', types: ['latest-event'] })
    expect(bench.on('background')).toBe('latest')
    bench.do({ kind: 'available', types: [] })
    expect(bench.on('background')).toBeUndefined()
  })

  it('is handed on by "next", and begins again with another show', () => {
    const bench = new Bench()
    bench.do({ kind: 'next' })
    expect(bench.ticker).toBe('recent-follows')
    bench.do({ kind: 'choose', show: 'coding' })
    expect(bench.ticker).toBe('emote-stats')
    const [variety, ironmon, coding] = DEFAULT_SHOWS as [Show, Show, Show]
    bench.do({ kind: 'next' })
    const longer = { ...coding, ticker: [{ type: 'stream-goals' as const, weight: 1 }, ...coding.ticker] }
    const id = bench.on('background')
    bench.do({ kind: 'shows', shows: [variety, ironmon, longer] })
    expect(bench.on('background')).toBe(id)
    expect(bench.ticker).toBe('recent-follows')
  })

  it('is covered by what has a higher priority', () => {
    const bench = new Bench()
    bench.do(message('over it', { layer: 'background', priority: 20 }))
    expect(bench.on('background')).toBe('over it')
    bench.advance(10_000)
    expect(bench.ticker).toBe('emote-stats')
  })
})

describe('show', () => {
  const category = (id: string, name: string): MachineCommand => ({ kind: 'category', category: { id, name } })

  it.each([
    ['509658', 'Just Chatting', 'variety', 'category-id'],
    ['1469308723', 'Software and Game Development', 'coding', 'category-id'],
    ['13332', 'whatever it is called', 'ironmon', 'category-id'],
    ['490100', 'Pokémon FireRed/LeafGreen', 'ironmon', 'category-name'],
    ['1', 'Game Development', 'coding', 'category-name'],
    ['2', 'Celeste', 'variety', 'default'],
  ])('is chosen by the category %s "%s": %s (%s)', (id, name, show, why) => {
    const bench = new Bench()
    bench.do(category(id, name))
    expect(bench.state).toMatchObject({ show, why })
  })

  it('stays as the streamer chose it until the category may choose again', () => {
    const bench = new Bench()
    bench.do({ kind: 'choose', show: 'ironmon' })
    expect(bench.do(category('1469308723', 'Software'))).toEqual([])
    expect(bench.state).toMatchObject({ show: 'ironmon', why: 'manual' })
    const facts = bench.do({ kind: 'choose', show: null })
    expect(facts).toEqual([{ kind: 'show-changed', show: 'coding', previous: 'ironmon', why: 'category-id' }])
  })

  it("asks the streamer's own shows first, and does without one that is removed", () => {
    const bench = new Bench()
    const [variety] = DEFAULT_SHOWS as [Show]
    const own = { ...variety, id: 'painting', name: 'Painting', categoryIds: ['13332'], categoryNames: [] }
    bench.do({ kind: 'shows', shows: [...DEFAULT_SHOWS, own] })
    bench.do(category('13332', 'Art'))
    expect(bench.state.show).toBe('painting')
    bench.do({ kind: 'choose', show: 'painting' })
    bench.do({ kind: 'shows', shows: DEFAULT_SHOWS })
    expect(bench.state).toMatchObject({ show: 'ironmon', manual: null })
  })
})

describe('takeover', () => {
  const cover = (id: string, durationMs: number | null): MachineCommand => {
    return { kind: 'cover', id, type: 'please-stand-by', message: 'One moment', durationMs }
  }

  it('ends by itself, when it is cleared, or when another comes', () => {
    const bench = new Bench()
    bench.do(cover('a', 5000))
    bench.advance(5000)
    expect(bench.state.takeover).toBeNull()
    bench.do(cover('b', null))
    bench.advance(3_600_000)
    bench.do(cover('c', null))
    bench.do({ kind: 'uncover' })
    const ends = bench.facts.flatMap((fact) => (fact.kind === 'uncovered' ? [[fact.takeover.id, fact.outcome]] : []))
    expect(ends).toEqual([
      ['a', 'over'],
      ['b', 'replaced'],
      ['c', 'cleared'],
    ])
  })
})

it('keeps remaining times when the wall clock is set back', () => {
  const bench = new Bench()
  bench.do(message('a', { durationMs: 10_000 }))
  bench.advance(4000)
  bench.do({ kind: 'tick' })
  bench.now -= 3_600_000
  bench.do({ kind: 'tick' })
  bench.advance(5999)
  expect(bench.on('foreground')).toBe('a')
  bench.advance(1)
  expect(bench.on('foreground')).toBeUndefined()
})

type Move = { move: 'wait'; ms: number } | { move: 'do'; command: MachineCommand } | { move: 'crash'; ms: number }

const layer = fc.constantFrom(...contentLayers)
const duration = fc.integer({ min: 1000, max: 60_000 })
const priorities = fc.constantFrom(0, 10, 50, 100)
const ids = fc.integer({ min: 0, max: 30 }).map(String)
const place = { id: ids, layer, priority: priorities, durationMs: duration }
const said = { type: 'message', title: null, message: 'said', level: 'info' } as const
const standing = fc.constantFrom(...standingContentTypes).map((type) => ({ type }))
const commands: fc.Arbitrary<MachineCommand> = fc.oneof(
  fc.record({ kind: fc.constant('put' as const), item: fc.record({ ...place, content: fc.constant(said) }) }),
  fc.record({ kind: fc.constant('put' as const), item: fc.record({ ...place, content: standing }) }),
  ids.map((id) => board(`sub-${id}`)),
  fc.record({ kind: fc.constant('remove' as const), id: ids }),
  fc.record({ kind: fc.constant('choose' as const), show: fc.constantFrom(null, 'variety', 'coding', 'nobody') }),
  fc.constantFrom('13332', '1469308723', '1').map((id) => ({ kind: 'category' as const, category: { id, name: '' } })),
  fc.boolean().map((isShowing) => ({ kind: 'alert' as const, isShowing })),
  fc.subarray([...standingContentTypes]).map((types) => ({ kind: 'available' as const, types })),
  fc.constant({ kind: 'next' as const }),
  fc.record({
    kind: fc.constant('cover' as const),
    id: ids,
    type: fc.constant('custom' as const),
    message: fc.constant('!'),
    durationMs: fc.option(duration),
  }),
  fc.constant({ kind: 'uncover' as const }),
)
const moves: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ move: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 40_000 }) }),
  fc.record({ move: fc.constant('do' as const), command: commands }),
  fc.record({ move: fc.constant('crash' as const), ms: fc.integer({ min: 0, max: 40_000 }) }),
)

/** What must stand where, told from the list of what was put there and nothing else. */
class Model {
  items: { id: string; layer: ContentLayer; priority: number; endsAt: number; type: string; order: number }[] = []
  takeoverEnd: number | null | undefined
  available: readonly string[] = FOUR
  #orders = 0

  do(command: MachineCommand, now: number): void {
    this.pass(now)
    if (command.kind === 'put') {
      const { id, layer, priority, durationMs, content } = command.item
      if (this.items.some((item) => item.id === id)) return
      const endsAt = now + durationMs
      const same = this.items.find(
        (item) => item.type === content.type && item.layer === layer && item.priority === priority,
      )
      if (same && content.type !== 'message') Object.assign(same, { endsAt, order: ++this.#orders })
      else this.#add({ id, layer, priority, endsAt, type: content.type, order: ++this.#orders })
    }
    if (command.kind === 'board') {
      const { id, layer, priority, durationMs } = command.boarding
      const train = this.items.find(({ type }) => type === 'sub-train')
      if (train) Object.assign(train, { endsAt: now + durationMs })
      else this.#add({ id, layer, priority, endsAt: now + durationMs, type: 'sub-train', order: ++this.#orders })
    }
    if (command.kind === 'remove') this.items = this.items.filter(({ id }) => id !== command.id)
    if (command.kind === 'available') this.available = command.types
    if (command.kind === 'cover') this.takeoverEnd = command.durationMs === null ? null : now + command.durationMs
    if (command.kind === 'uncover') this.takeoverEnd = undefined
  }

  pass(now: number): void {
    this.items = this.items.filter(({ endsAt }) => endsAt > now)
    if (this.takeoverEnd && this.takeoverEnd <= now) this.takeoverEnd = undefined
  }

  winner(layer: ContentLayer): string | undefined {
    const own = ['message', 'sub-train', ...this.available]
    const there = this.items.filter((item) => item.layer === layer && own.includes(item.type))
    return there.sort((a, b) => b.priority - a.priority || b.order - a.order)[0]?.id
  }

  #add(item: Model['items'][number]): void {
    this.items.push(item)
    if (this.items.length <= ITEMS_MAX) return
    const lowest = Math.min(...this.items.map(({ priority }) => priority))
    this.items.splice(
      this.items.findIndex(({ priority }) => priority === lowest),
      1,
    )
  }
}

/** What a crash leaves: the state as it was written, read again some time later. */
function revived({ state }: Bench): MachineState {
  return { ...JSON.parse(JSON.stringify(state)), shows: state.shows }
}

describe('any sequence of commands', () => {
  it('agrees with the model on every layer, through crashes too', () => {
    fc.assert(
      fc.property(fc.array(moves, { minLength: 1, maxLength: 100 }), (sequence) => {
        const bench = new Bench()
        const model = new Model()
        for (const move of sequence) {
          if (move.move === 'do') {
            bench.do(move.command)
            model.do(move.command, bench.now)
          } else {
            if (move.move === 'crash') {
              bench.state = revived(bench)
              bench.now += move.ms
              bench.do({ kind: 'tick' })
            } else {
              bench.advance(move.ms)
            }
            model.pass(bench.now)
          }
          expect(bench.on('foreground')).toBe(model.winner('foreground'))
          expect(bench.on('midground')).toBe(model.winner('midground'))
          agreesOnBackground(bench, model)
          expect(bench.state.takeover?.endsAt).toBe(model.takeoverEnd)
          expect(nextDue(bench.state) ?? Number.POSITIVE_INFINITY).toBeGreaterThan(bench.now)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('gives every content of the ticker its whole turn, however often alerts hold it', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 40_000 }), fc.boolean())), (holds) => {
        const bench = new Bench()
        let free = 0
        for (const [ms, isShowing] of holds) {
          bench.do({ kind: 'alert', isShowing })
          if (!isShowing) free += ms
          bench.advance(ms)
          expect(bench.ticker).toBe(FOUR[Math.floor(free / TURN_MS) % FOUR.length])
        }
      }),
      { numRuns: 200 },
    )
  })

  it('never changes the state it was given', () => {
    fc.assert(
      fc.property(fc.array(commands, { maxLength: 40 }), (sequence) => {
        const bench = new Bench()
        for (const command of sequence) {
          const given = bench.state
          const before = structuredClone(given)
          bench.do(command)
          expect(given).toEqual(before)
          bench.advance(700)
        }
      }),
      { numRuns: 100 },
    )
  })
})

function agreesOnBackground(bench: Bench, model: Model): void {
  const winner = model.winner('background')
  const round = roundOf(bench.state).map(({ type }) => type)
  const said = round.filter((type) => type === 'message' || model.available.includes(type))
  const top = standingOn(bench.state, 'background')
  const priority = model.items.find(({ id }) => id === winner)?.priority ?? -1
  if (said.length > 0 && priority < 10) expect(said).toContain(top?.content.type)
  else if (winner !== undefined) expect(top?.id).toBe(winner)
  else expect(top?.id).toBe(model.available.includes('latest-event') ? 'latest' : undefined)
}
