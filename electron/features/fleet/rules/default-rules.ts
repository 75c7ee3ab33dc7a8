/** The rules of a hub whose rules were never changed. */
import type { FleetRule } from '../../../../contracts/fleet.ts'

/** For the machine that streams. Does nothing where no machine of that name is paired, and nothing off stream. */
export const defaultFleetRules: readonly FleetRule[] = [
  {
    id: 'obs-on-demi',
    enabled: true,
    machine: 'demi',
    process: 'obs',
    trigger: 'exited',
    onlyLive: true,
    restart: true,
    cover: { message: 'Please stand by', forMs: 180_000 },
  },
]
