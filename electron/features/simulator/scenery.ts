/**
 * What the demo puts on stream beside the streamer's own: its widgets and the figures that Twitch is asked for. In memory
 * alone, so that nothing is left of it, whatever ends the process. Knows neither the demo's script nor who shows it.
 */
import { Emitter, type Event } from '../../../base/emitter.ts'
import { DisposableStore } from '../../../base/lifecycle.ts'
import type { RehearsedLayer } from '../../../contracts/state/rehearsal.ts'
import type { Widget } from '../../../contracts/state/widgets.ts'

export interface Figures {
  readonly viewers: number | null
  readonly followers: number | null
}

export interface Setting {
  readonly widgets: readonly Widget[]
  /** Bottom first. */
  readonly layers: readonly RehearsedLayer[]
  readonly figures: Figures
}

export const EMPTY_STAGE: Setting = { widgets: [], layers: [], figures: { viewers: null, followers: null } }

export class Scenery extends DisposableStore {
  readonly #didChange = this.add(new Emitter<Setting>())
  #setting = EMPTY_STAGE

  get setting(): Setting {
    return this.#setting
  }

  set(setting: Setting): void {
    if (setting === this.#setting) return
    this.#setting = setting
    this.#didChange.fire(setting)
  }

  readonly onDidChange: Event<Setting> = this.#didChange.event

  /** The demo's widgets behind the streamer's own. */
  widgetsBeside(own: { readonly widgets: readonly Widget[]; readonly onDidChange: Event<readonly Widget[]> }) {
    const didChange = this.add(new Emitter<readonly Widget[]>())
    const all = () => [...own.widgets, ...this.#setting.widgets]
    let rehearsed = this.#setting.widgets
    this.add(own.onDidChange(() => didChange.fire(all())))
    this.add(
      this.onDidChange(({ widgets }) => {
        if (widgets === rehearsed) return
        rehearsed = widgets
        didChange.fire(all())
      }),
    )
    return {
      get widgets() {
        return all()
      },
      onDidChange: didChange.event,
    }
  }

  /** The demo's figures where the true ones are not known. */
  figuresBeside(truth: { readonly value: Figures; readonly onDidChange: Event<Figures> }) {
    const didChange = this.add(new Emitter<Figures>())
    const both = (): Figures => {
      const { figures } = this.#setting
      return {
        viewers: truth.value.viewers ?? figures.viewers,
        followers: truth.value.followers ?? figures.followers,
      }
    }
    let played = this.#setting.figures
    this.add(truth.onDidChange(() => didChange.fire(both())))
    this.add(
      this.onDidChange(({ figures }) => {
        if (figures === played) return
        played = figures
        didChange.fire(both())
      }),
    )
    return {
      get value() {
        return both()
      },
      onDidChange: didChange.event,
    }
  }
}
