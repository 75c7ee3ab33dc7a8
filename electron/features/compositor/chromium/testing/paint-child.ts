/** A process made to be killed: paints the stage of the hub in argv[2] with its files in argv[3], says so, and goes on. */
import pino from 'pino'
import { systemClock } from '../../../../../base/clock.ts'
import { PictureSink } from '../../conformance/picture-sink.ts'
import { createChromiumFrameSources } from '../chromium-frame-sources.ts'

const [, , hubUrl, tempRoot] = process.argv
if (hubUrl === undefined || tempRoot === undefined) throw new Error('usage: paint-child.ts HUB_URL TEMP_ROOT')

const sink = new PictureSink()
await sink.listen()
const log = pino({ level: 'silent' })
const sources = createChromiumFrameSources({ clock: systemClock, random: Math.random, log, tempRoot })
await sources.paint(
  {
    output: 'main',
    hubUrl,
    stageUrl: `${hubUrl}/overlay/main?token=overlay-secret&picture=1`,
    width: 320,
    height: 180,
    frameRate: 60,
    sink,
    onPainting: (kind) => process.stdout.write(`${kind}\n`),
  },
  new AbortController().signal,
)
