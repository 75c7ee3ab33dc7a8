/** Whether motion is unwanted. Asked whenever something is about to move: a page in OBS outlives a change of the setting. */
export function reducesMotion(): boolean {
  return matchMedia('(prefers-reduced-motion: reduce)').matches
}
