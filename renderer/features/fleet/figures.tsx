/** What a machine uses, in figures with their last ten minutes. What it can't read it does not show. */
import { createEffect, For, Show } from 'solid-js'
import type { FleetMachine } from '../../../contracts/state/fleet.ts'
import { byteRate, bytes } from '../../state/format.ts'
import type { Point, Samples } from './samples.ts'
import { Sparkline } from './sparkline.tsx'

interface FiguresProps {
  machine: FleetMachine
  samples: Samples
  /** Only what matters at a glance. */
  isShort?: boolean
}

/** A disk as full as this is worth a word at a glance. */
const FULL_SHARE = 0.9

export function Figures(props: FiguresProps) {
  createEffect(() => props.samples.look(props.machine.id))
  const last = () => props.samples.last(props.machine.id)?.machine
  const points = () => props.samples.points(props.machine.id)
  const memoryTotal = () => props.machine.hardware?.memoryBytes
  const disks = () => (last()?.disks ?? []).filter(({ total }) => total > 0)
  const full = () => disks().filter(({ used, total }) => used / total >= FULL_SHARE)
  return (
    <Show
      when={last()}
      fallback={
        <p class="figures-none">
          {props.machine.link === 'away' ? 'No figures of the last ten minutes.' : 'No figures yet.'}
        </p>
      }
    >
      {(use) => (
        <>
          <dl class="figures" data-short={props.isShort ? '' : undefined}>
            <Figure
              name="CPU"
              value={use().cpu}
              words={(cpu) => `${Math.round(cpu)} %`}
              points={points()}
              pick={(p) => p.cpu}
              top={100}
            />
            <Figure
              name="Memory"
              value={use().memory}
              words={(memory) => (memoryTotal() ? ofTotal(memory, memoryTotal() ?? 0) : bytes(memory))}
              points={points()}
              pick={(p) => p.memory}
              top={memoryTotal()}
            />
            <Figure
              name="Network"
              value={use().net}
              words={({ rx, tx }) => (props.isShort ? byteRate(rx + tx) : `${byteRate(rx)} in, ${byteRate(tx)} out`)}
              points={points()}
              pick={(p) => p.net}
            />
            <Figure
              name="Temperature"
              value={use().temperature}
              words={(heat) => `${Math.round(heat)} °C`}
              points={points()}
              pick={(p) => p.temperature}
              top={110}
            />
            <Show when={!props.isShort}>
              <For each={disks()}>{(disk) => <Disk {...disk} />}</For>
            </Show>
          </dl>
          <Show when={props.isShort}>
            <For each={full()}>
              {(disk) => (
                <p class="disk-full">
                  Disk <bdi>{disk.path}</bdi> is nearly full: {bytes(disk.total - disk.used)} free
                </p>
              )}
            </For>
          </Show>
        </>
      )}
    </Show>
  )
}

interface FigureProps<T> {
  name: string
  value: T | null
  words: (value: T) => string
  points: readonly Point[]
  pick: (point: Point) => number | null
  top?: number | undefined
}

function Figure<T extends number | object>(props: FigureProps<T>) {
  return (
    <Show when={props.value !== null}>
      <div class="figure">
        <dt>{props.name}</dt>
        <dd>
          <span class="figure-value clip">{props.value === null ? '' : props.words(props.value)}</span>
          <Sparkline points={props.points} pick={props.pick} top={props.top} />
        </dd>
      </div>
    </Show>
  )
}

function Disk(props: { path: string; used: number; total: number }) {
  const share = () => props.used / props.total
  return (
    <div class="figure" data-full={share() >= FULL_SHARE ? '' : undefined}>
      <dt class="clip" title={props.path}>
        Disk {props.path}
      </dt>
      <dd>
        <span class="figure-value clip">
          {bytes(props.total - props.used)} free{share() >= FULL_SHARE ? ', nearly full' : ''}
        </span>
        <span class="figure-bar" aria-hidden="true">
          <i style={{ width: `${Math.min(100, 100 * share())}%` }} />
        </span>
      </dd>
    </div>
  )
}

/** `9.1 of 32 GB`: the unit once where it is the same. */
function ofTotal(part: number, total: number): string {
  const [figure = '', unit] = bytes(part).split(' ')
  const whole = bytes(total)
  return `${whole.endsWith(` ${unit}`) ? figure : bytes(part)} of ${whole}`
}
