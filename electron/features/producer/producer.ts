/**
 * The producer, as others see it: decides by the current show's table what stands on the omnibar's layers, and asks for the
 * sounds of its rules. What it does between start and stop is in producer-run.ts.
 */
import { Emitter, type Event } from '../../../base/emitter.ts'
import type { Show } from '../../../contracts/show.ts'
import type { SoundUse } from '../../../contracts/state/sounds.ts'
import type { ContentProvider } from '../../kernel/ports/content-provider.ts'
import type { SoundUser } from '../../kernel/ports/sound-user.ts'
import { HEALTHY, type Health, type Service } from '../../kernel/service.ts'
import { providersByType } from './contents.ts'
import type { RuleSound } from './draft.ts'
import { type ProducerListener, ProducerRun, type ProducerRunOptions } from './producer-run.ts'
import { loadProducer } from './producer-store.ts'

export interface ProducerOptions extends ProducerRunOptions {
  /** Content of other features. Throws at once when two offer the same type. */
  providers: readonly ContentProvider[]
}

export interface Producer extends Service, SoundUser {
  /** A rule with a sound has been applied. Not for what is only taken in again after a restart. */
  readonly onDidSound: Event<RuleSound>
}

export function createProducer(options: ProducerOptions): Producer {
  const providers = providersByType(options.providers)
  const health: Health = HEALTHY
  const onDidChangeHealth = new Emitter<Health>()
  const didSound = new Emitter<RuleSound>()
  const didChangeSoundUses = new Emitter<void>()
  let shows: readonly Show[] = []
  const listener: ProducerListener = {
    onSound: (sound) => didSound.fire(sound),
    onShows(changed) {
      shows = changed
      didChangeSoundUses.fire()
    },
  }
  return {
    id: 'producer',
    onDidSound: didSound.event,
    soundUses: () => soundUsesOf(shows),
    onDidChangeSoundUses: didChangeSoundUses.event,
    health,
    onDidChangeHealth: onDidChangeHealth.event,
    async run(signal) {
      const loaded = await loadProducer(options.store, options.clock.now())
      for (const fault of loaded.faults)
        options.log.warn({ fault }, 'stored values of the producer give way to new ones')
      await new ProducerRun(options, providers, loaded, listener).run(signal)
    },
  }
}

function soundUsesOf(shows: readonly Show[]): SoundUse[] {
  return shows.flatMap(({ name, rules }) =>
    rules.flatMap(({ id, sound }) => (sound === null ? [] : [{ by: 'show' as const, show: name, rule: id, sound }])),
  )
}
