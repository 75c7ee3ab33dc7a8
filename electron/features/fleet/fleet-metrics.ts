/** The figures of the links to the agents, in Prometheus' format. */
import type { AgentDoor } from './agent-door.ts'
import type { Machine } from './machines.ts'

export function fleetMetrics(machines: Iterable<Machine>, door: Pick<AgentDoor, 'strangers' | 'counts'>): string {
  const links = { connected: 0, away: 0 }
  for (const { away } of machines) links[away === null ? 'connected' : 'away'] += 1
  const { frames, refused } = door.counts
  return [
    '# HELP landale_fleet_machines Machines that are paired',
    '# TYPE landale_fleet_machines gauge',
    `landale_fleet_machines{link="connected"} ${links.connected}`,
    `landale_fleet_machines{link="away"} ${links.away}`,
    '# HELP landale_fleet_strangers Links that have not said who they are',
    '# TYPE landale_fleet_strangers gauge',
    `landale_fleet_strangers ${door.strangers}`,
    '# HELP landale_fleet_frames_total Frames of agents',
    '# TYPE landale_fleet_frames_total counter',
    `landale_fleet_frames_total ${frames}`,
    '# HELP landale_fleet_refused_total Upgrades that were refused',
    '# TYPE landale_fleet_refused_total counter',
    `landale_fleet_refused_total ${refused}`,
    '',
  ].join('\n')
}
