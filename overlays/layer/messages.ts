/** What the stage and a layer of ours say to each other, by `postMessage` inside one origin. */

/** From the stage, once a second: are you there? */
export interface LayerQuestion {
  landale: 'question'
}

/** From the layer: when it is there first, as the answer, and whenever it begins or ends to move. */
export interface LayerBeat {
  landale: 'beat'
  /** Its pixels change by themselves now. */
  animating: boolean
}

export function isQuestion(data: unknown): data is LayerQuestion {
  return (data as LayerQuestion | null)?.landale === 'question'
}

export function isBeat(data: unknown): data is LayerBeat {
  const beat = data as LayerBeat | null
  return beat?.landale === 'beat' && typeof beat.animating === 'boolean'
}
