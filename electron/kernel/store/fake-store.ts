/** The event log in memory, for tests of whatever publishes. Commits at once; knows no SQL. */
import type { AnyEnvelope, StoredEnvelope } from '../../../contracts/envelope.ts'
import type { Statement, Store } from './store.ts'

export class FakeStore implements Pick<Store, 'append'> {
  readonly events: StoredEnvelope[] = []
  readonly statements: Statement[] = []

  async append(events: readonly AnyEnvelope[], alongside: readonly Statement[] = []): Promise<number[]> {
    const stored = events.map((event, index) => ({ ...event, seq: this.events.length + index + 1 }))
    this.events.push(...stored)
    this.statements.push(...alongside)
    return stored.map(({ seq }) => seq)
  }

  /** The types of all events so far, in order. */
  get types(): string[] {
    return this.events.map(({ type }) => type)
  }

  /** The payloads of all events of this type, in order. */
  payloads(type: string): Record<string, unknown>[] {
    return this.events.filter((event) => event.type === type).map(({ payload }) => payload)
  }
}
