/**
 * What a widget is: a name, a size, settings, the data it shows, and how that data looks in a preview. One definition gives
 * the settings' form, their check, their defaults, their type, and the preview; hub, dashboard and page all read this one.
 * Knows no widget by name.
 */
import { z } from 'zod'
import type { StateTopic, StateTopics } from '../topics.ts'
import { optionalColour } from './fields.ts'

/** Data that a widget shows: of one state topic what it needs, under the widget's own name for it. */
export interface DataSource<K extends StateTopic = StateTopic, T = unknown> {
  topic: K
  /** `id`: of the widget; `preview` in a preview. Must be pure. */
  read(state: StateTopics[K], id: string): T
}

/** Of a state topic what `read` takes from it. An overlay's token must be allowed to join the topic. */
export function fromState<K extends StateTopic, T>(topic: K, read: DataSource<K, T>['read']): DataSource<K, T> {
  return { topic, read }
}

/** Where each of the data that the component gets comes from. */
type Sources<T> = { [N in keyof T]: DataSource<StateTopic, T[N]> }
type Fields = Record<string, z.ZodDefault>

/** Settings that every widget has; the frame around the widget follows them. */
const lookFields = {
  accent: optionalColour({ label: 'Accent colour', none: 'As the show' }),
}
type SettingsOf<F extends Fields> = z.output<z.ZodObject<F & typeof lookFields>>
/** The moment of a preview. */
interface Simulation<S> {
  settings: S
  /** Whole seconds since the preview began; something should happen from one to the next. */
  second: number
  /** ms epoch */
  now: number
}

/** `F`: its settings; `T`: its data. */
export interface WidgetDefinition<F extends Fields = Fields, T extends object = object> {
  title: string
  /** One sentence for the gallery: what viewers see. */
  description: string
  /** What it is drawn for, px; a layer or a window of another size shows the whole of it, scaled. */
  size: { width: number; height: number }
  settings: z.ZodObject<F & typeof lookFields>
  data: Sources<T>
  /** What the preview shows. Must be pure. */
  simulate(moment: Simulation<SettingsOf<F>>): T
}

interface WidgetOptions<F extends Fields, T extends object> {
  title: string
  description: string
  size: { width: number; height: number }
  /** Made by `fields.ts`; each has a default. */
  settings: F
  data: Sources<T>
  simulate(moment: Simulation<SettingsOf<F>>): NoInfer<T>
}

/** Its kind is its name in the catalogue, `contracts/widgets.ts`. */
export function defineWidget<F extends Fields, T extends object>(options: WidgetOptions<F, T>): WidgetDefinition<F, T> {
  return { ...options, settings: z.strictObject({ ...lookFields, ...options.settings }) as never }
}

/** As the page and the hub hold them, by the definition's type. */
export type SettingsOfWidget<W> = W extends { settings: infer S extends z.ZodType } ? z.output<S> : never
export type DataOfWidget<W> = W extends { simulate(moment: never): infer T } ? T : never
