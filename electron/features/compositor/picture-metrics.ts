/** The picture's figures for `/metrics`. They are counted in the picture server's thread, so they come as they are, not through counters of ours. */
import type { Output } from '../../../contracts/output.ts'
import { HISTOGRAM_BOUNDS_MS, type Histogram } from './server/histogram.ts'
import type { PictureServer } from './server/picture-server.ts'

/** Lines in Prometheus' text format, each with its line break. */
export function pictureMetrics(
  outputs: readonly Pick<Output, 'id'>[],
  server: Pick<PictureServer, 'figures' | 'histograms'>,
): string {
  const frames = outputs.flatMap(({ id }) =>
    Object.entries(server.figures(id).counts).map(
      ([what, count]) => `landale_picture_frames_total{output="${id}",what="${what}"} ${count}`,
    ),
  )
  const { captureToSend, sendToDraw } = server.histograms()
  return [
    '# HELP landale_picture_frames_total Frames of an output: painted, changed, sent, skipped, late',
    '# TYPE landale_picture_frames_total counter',
    ...frames,
    ...histogramLines('capture_to_send', 'From the capture of a frame to its packet', captureToSend),
    ...histogramLines('send_to_draw', 'From a packet to the word that it was drawn', sendToDraw),
    '',
  ].join('\n')
}

function histogramLines(name: string, help: string, { counts, sum, count }: Histogram): string[] {
  const metric = `landale_picture_${name}_seconds`
  let below = 0
  const buckets = HISTOGRAM_BOUNDS_MS.map((bound, index) => {
    below += counts[index] ?? 0
    return `${metric}_bucket{le="${bound / 1000}"} ${below}`
  })
  return [
    `# HELP ${metric} ${help}`,
    `# TYPE ${metric} histogram`,
    ...buckets,
    `${metric}_bucket{le="+Inf"} ${count}`,
    `${metric}_sum ${sum / 1000}`,
    `${metric}_count ${count}`,
  ]
}
