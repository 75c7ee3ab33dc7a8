/** How far something is, 0 to 1. */
export function Track(props: { share: number }) {
  return (
    <div class="track">
      <div class="track-done" style={{ transform: `scaleX(${Math.min(1, Math.max(0, props.share))})` }} />
    </div>
  )
}
