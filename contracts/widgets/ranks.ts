/** What the widgets that rank viewers have in common. */
import type { AudienceBoard, AudienceRank } from '../state/audience.ts'
import { choice, list, range } from './fields.ts'

const NAMES = ['Mira_Plays', 'Otto_Pixel', 'NightOwl_77', 'TeaAndCode', 'SpeedyGonz', 'Lumi', 'Käsebrot', '夜ふかし']

export const rankFields = {
  period: choice({
    label: 'Counted',
    options: { today: 'Since midnight (UTC)', ever: 'Since the beginning' },
    default: 'today',
  }),
  most: range({ label: 'Places', default: 5, min: 1, max: 10 }),
  leaveOut: list({ label: 'Never shown', hint: 'Names, e.g. of bots; one in each line.', default: [], most: 50 }),
}

/** For a preview: each has a little more from time to time. */
export function sampleBoard(second: number, unit: number): AudienceBoard {
  const ranks = NAMES.map((user_name, place): AudienceRank => {
    const grown = Math.floor((second + place * 3) / (place + 5))
    return { user_id: String(place), user_name, count: unit * (30 - place * 3 + grown) }
  }).sort((a, b) => b.count - a.count)
  return { messages: ranks, bits: ranks, gifts: ranks, points: ranks }
}
