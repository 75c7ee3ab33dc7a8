/** What the queue did, as events for the log and for whoever listens. */
import type { EventType } from '../../../contracts/events.ts'
import type { EventDraft } from '../../kernel/bus.ts'
import type { QueueFact } from './queue.ts'

type AlertNews = Extract<EventType, `alert.${string}`>

/** Caused by what caused the alert. */
export function newsOf(fact: QueueFact): EventDraft<AlertNews> {
  const { alert, cause } = fact.entry
  const base = { alertId: alert.id, type: alert.type, who: alert.who, what: alert.what }
  const draft = { source: 'landale', causedBy: cause }
  switch (fact.kind) {
    case 'enqueued':
      return { ...draft, type: 'alert.enqueued', payload: { ...base, amount: alert.amount, message: alert.message } }
    case 'started':
      return { ...draft, type: 'alert.started', payload: { ...base, elapsedMs: fact.entry.elapsedMs } }
    case 'interrupted':
      return { ...draft, type: 'alert.interrupted', payload: { ...base, by: fact.by, elapsedMs: fact.entry.elapsedMs } }
    case 'finished':
      return { ...draft, type: 'alert.finished', payload: { ...base, outcome: fact.entry.outcome } }
  }
}
