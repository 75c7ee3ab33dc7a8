/** Still pictures by sharp. It is loaded when the first one is asked for: it costs 25 MB that most threads never need. */
import type { Sharp } from 'sharp'
import type { StillOptions } from './picture-server.ts'

export interface RawPicture {
  /** Straight RGBA, at least `width * height * 4` bytes. */
  pixels: Buffer
  width: number
  height: number
}

/** PNG of overlays is mostly flat: more effort makes it little smaller and much later. */
const PNG_EFFORT = 3
const WEBP_QUALITY = 90
const JPEG_QUALITY = 80

type CreateSharp = typeof import('sharp')['default']

let loading: Promise<CreateSharp> | undefined

/** @throws Error that says what to do, where sharp has no binary for this machine. */
async function loadSharp(): Promise<CreateSharp> {
  loading ??= import('sharp').then(({ default: sharp }) => {
    // One at a time and nothing kept: pictures differ, and the frames need the processor more.
    sharp.concurrency(1)
    sharp.cache(false)
    return sharp
  })
  try {
    return await loading
  } catch (error) {
    loading = undefined
    throw new Error('this machine can not encode pictures: run "npm install" again to fetch sharp for it', {
      cause: error,
    })
  }
}

/** The picture encoded. `pixels` must not change meanwhile. */
export async function encodeStill(
  { pixels, width, height }: RawPicture,
  { type, background, maxWidth }: Pick<StillOptions, 'type' | 'background' | 'maxWidth'>,
): Promise<Buffer> {
  const sharp = await loadSharp()
  let image = sharp(pixels.subarray(0, width * height * 4), { raw: { width, height, channels: 4 } })
  if (maxWidth !== undefined && maxWidth < width) image = image.resize({ width: maxWidth })
  if (background !== undefined) image = image.flatten({ background: `#${background.replace('#', '')}` })
  return encode(image, type).toBuffer()
}

function encode(image: Sharp, type: StillOptions['type']): Sharp {
  switch (type) {
    case 'png':
      return image.png({ compressionLevel: PNG_EFFORT })
    case 'webp':
      return image.webp({ quality: WEBP_QUALITY })
    case 'jpeg':
      return image.jpeg({ quality: JPEG_QUALITY })
  }
}
