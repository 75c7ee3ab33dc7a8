/** A process for the test of a crash: writes one picture after the other into a folder until it is killed. */
import { systemClock } from '../../../../base/clock.ts'
import { PictureDisk } from '../picture-disk.ts'

const folder = process.argv[2]
if (!folder) throw new Error('say which folder')
const disk = new PictureDisk({ folder, maxBytes: 50_000_000, maxFiles: 50, clock: systemClock })
for (let number = 0; ; number++) {
  const key = `p${number % 80}`
  await disk.write(key, Buffer.alloc(200_000, key))
  if (number === 10) process.stdout.write('writing\n')
}
