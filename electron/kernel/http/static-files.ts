/**
 * Serves the built pages and their assets out of one folder, and nothing else: each part of a path must be a plain file
 * name, and what it leads to, links followed, must still lie inside the folder.
 */
import { readFile, realpath, stat } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { HttpAnswer, HttpError } from './routes.ts'
import type { PageSources } from './security-headers.ts'

/** One HTML page, served under a path that may have `:name` parts. */
export interface Page {
  /** e.g. `/overlay/:output`. */
  path: string
  /** Below the static folder, e.g. `overlays/stage/index.html`. */
  file: string
  /** What it may load besides our own, for the Content-Security-Policy. */
  sources?: PageSources | undefined
}

export interface StaticFiles {
  page(page: Page): Promise<HttpAnswer>
  /** `segments`: decoded parts below `assets/`. */
  asset(segments: readonly string[]): Promise<HttpAnswer>
}

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.avif': 'image/avif',
  '.gif': 'image/gif',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.mp3': 'audio/mpeg',
  '.ogg': 'audio/ogg',
  '.wav': 'audio/wav',
  '.webm': 'video/webm',
  '.mp4': 'video/mp4',
  '.wasm': 'application/wasm',
}

/** A name with no way up, no drive, no stream and no hidden file in it. */
const PLAIN_NAME = /^[\w@+-][\w@+.-]*$/

/** Assets carry a hash of their content in the name, so they never change under it. */
const ASSET_CACHE = 'public, max-age=31536000, immutable'

/** `root`: the build's output folder, or null where nothing is built. */
export function createStaticFiles(root: string | null): StaticFiles {
  async function read(file: string): Promise<Buffer | null> {
    if (root === null) return null
    try {
      const [base, real] = await Promise.all([realpath(root), realpath(join(root, file))])
      if (!real.startsWith(base + sep)) return null
      return (await stat(real)).isFile() ? await readFile(real) : null
    } catch (error) {
      if (isMissing(error)) return null
      throw error
    }
  }

  return {
    async page({ file }) {
      const body = await read(file)
      if (!body) {
        const todo = 'run "npm run build" in the project folder and load the page again'
        throw new HttpError(503, 'not_built', `the pages are not built yet (${file} is missing): ${todo}`)
      }
      return new HttpAnswer(200, body, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' })
    },
    async asset(segments) {
      const name = segments.at(-1) ?? ''
      const type = CONTENT_TYPES[extname(name).toLowerCase()]
      const plain = segments.length > 0 && segments.every((part) => PLAIN_NAME.test(part))
      const body = plain && type !== undefined ? await read(join('assets', ...segments)) : null
      if (!body || type === undefined) throw new HttpError(404, 'not_found', 'there is no such file')
      return new HttpAnswer(200, body, { 'content-type': type, 'cache-control': ASSET_CACHE })
    },
  }
}

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENAMETOOLONG'
}
